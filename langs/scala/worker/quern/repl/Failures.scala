// SPDX-License-Identifier: Apache-2.0
package quern.repl

import java.lang.reflect.InvocationTargetException
import java.util.{List => JavaList}
import quern.jvm.Failure
import scala.annotation.tailrec
import scala.jdk.CollectionConverters._

/** What went wrong, in the words of scalac and java and with the user's own lines. */
final class Failures {
  private val Line = """\$line\d+\..*""".r

  def stopped: Failure = new Failure(false, "Interrupted", "", null, 0, 0, JavaList.of())

  /** What the compiler has found; should it have said nothing, then `otherwise` of the code's last line. */
  def compile(file: String, found: List[Message], otherwise: String, code: String): Failure = {
    val lines = found.flatMap { message =>
      val words = message.text.linesIterator.toList
      (s"$file:${message.line}: error: ${words.headOption.getOrElse("")}" :: words.drop(1)) ++
        (if (message.line > 0) List(message.source, " " * (message.column - 1).max(0) + "^") else Nil)
    }
    found.headOption match {
      case Some(first) => Failure.compile(first.text, file, first.line, first.column, lines.asJava)
      case None =>
        val last = code.stripTrailing.linesIterator.size
        Failure.compile(otherwise, file, last, 0, JavaList.of(s"$file:$last: error: $otherwise"))
    }
  }

  /** On the user's thread, for the exception's own methods are asked. */
  def runtime(file: String, wrapped: Throwable): Failure = {
    val thrown = unwrapped(wrapped)
    if (thrown.isInstanceOf[ThreadDeath]) throw thrown
    val own = thrown.getStackTrace.find(_.getFileName == file)
    new Failure(false, thrown.getClass.getName, thrown.getMessage, own.map(_.getFileName).orNull, own.fold(0)(_.getLineNumber), 0,
      told(thrown, "", Set.empty).asJava)
  }

  @tailrec
  private def unwrapped(thrown: Throwable): Throwable = thrown match {
    case outer @ (_: InvocationTargetException | _: ExceptionInInitializerError) if outer.getCause != null => unwrapped(outer.getCause)
    case inner                                                                                             => inner
  }

  private def told(thrown: Throwable, before: String, seen: Set[Throwable]): List[String] = {
    val head = (before + thrown.toString).linesIterator.toList
    val frames = trimmed(thrown.getStackTrace).map(frame => "\tat " + shown(frame))
    val cause = Option(thrown.getCause).filterNot(seen + thrown).fold(List.empty[String])(told(_, "Caused by: ", seen + thrown))
    head ++ frames ++ cause
  }

  /** Without the frames of the interpreter's wrappers, and what is below the snippet's own. */
  private def trimmed(stack: Array[StackTraceElement]): List[StackTraceElement] = {
    val last = stack.lastIndexWhere(isUsers)
    (if (last < 0) stack else stack.take(last + 1)).toList.filterNot(_.getClassName.startsWith("quern.jvm."))
  }

  private def isUsers(frame: StackTraceElement) =
    Line.matches(frame.getClassName) && frame.getClassName.contains("$iw") && frame.getFileName != Failures.Call

  /** The interpreter's wrappers around a snippet's names are left out. */
  private def shown(frame: StackTraceElement): String =
    if (!Line.matches(frame.getClassName)) frame.toString
    else {
      val name = frame.getClassName.replaceFirst("""^\$line\d+\.\$(read|eval)\$?(\$iw\$?)*""", "").stripPrefix("$")
      val method = if (frame.getMethodName == "<init>" && name.isEmpty || frame.getMethodName == "<clinit>") "" else frame.getMethodName
      s"${List(name, method).filter(_.nonEmpty).mkString(".")}(${frame.getFileName}:${frame.getLineNumber})"
    }
}

object Failures {

  /** The label of the call of a program's main. */
  val Call = "<main>"
}

// SPDX-License-Identifier: Apache-2.0
package quern.repl

import java.io.{BufferedReader, File, InputStreamReader}
import java.lang.{StackWalker => Walker}
import java.nio.file.{Files, Path}
import java.util.{List => JavaList}
import quern.jvm.{Executor, Failure, Language, Questions, Rich}
import scala.jdk.CollectionConverters._
import scala.runtime.ScalaRunTime
import scala.tools.nsc.Settings
import scala.tools.nsc.interpreter.{IMain, Results}
import scala.util.Using

/** Scala: its own interpreter, which compiles a cell whole, on the worker's thread, and runs it on the user's. */
final class Session(executor: Executor, questions: Questions) extends Language {
  private val settings = {
    val made = new Settings
    val place = Path.of(System.getProperty("java.class.path")).toAbsolutePath.getParent
    val jars = Using.resource(Files.newDirectoryStream(place, "*.jar"))(_.asScala.map(_.toString).toList.sorted)
    made.classpath.value = (jars ++ Option(System.getenv("CLASSPATH")).filter(_.nonEmpty)).mkString(File.pathSeparator)
    made.Yreplclassbased.value = true
    made
  }
  private val messages = new Messages(settings)
  private val interpreter = new IMain(settings, messages)
  private val asked = new Asked(interpreter, messages)
  private val failures = new Failures
  private var count = 0

  questions.tellWhen(() => Walker.getInstance.walk[java.lang.Boolean](frames =>
    frames.anyMatch(frame => frame.getClassName.startsWith("scala.io.StdIn"))))

  override def version(): String = scala.util.Properties.versionNumberString
  override def title(): String = "Scala " + version()

  override def warm(): Unit = {
    interpreter.initializeCompiler()
    interpreter.withLabel("<start>")(interpreter.compile("import quern.Quern._", synthetic = false)).foreach { request =>
      request.eval
      interpreter.recordRequest(request)
    }
    executor.loader(interpreter.classLoader)
    messages.take()
  }

  override def run(sent: String, arguments: JavaList[String]): Language.Ending = {
    count += 1
    val file = s"<cell $count>"
    val code = Programs.withoutPackage(sent)
    if (code.isBlank) return new Language.Ending(null, null)
    messages.take()
    val parsed = interpreter.withLabel(file)(interpreter.parse(code))
    parsed match {
      case Left(Results.Incomplete) => ended(failures.compile(file, messages.take(), "the code ends before it is complete", code))
      case Left(_)                  => ended(failures.compile(file, messages.take(), "this does not parse", code))
      case Right((Nil, _, _))       => new Language.Ending(null, null)
      case Right((trees, _, _)) =>
        messages.take()
        val program = Programs.main(interpreter)(trees)
        val shows = program.isEmpty && !Programs.isClosed(code) && trees.last.isTerm && !Programs.isAssignment(interpreter)(trees.last)
        val first = execute(file, file, code, shows)
        if (program.isEmpty || first.failure != null) first
        else execute(file, Failures.Call, s"${program.get}.main(_root_.quern.Quern.args)", shows = false)
    }
  }

  /** Compiles it under the label and runs it; a failure is one of the cell called `file`. */
  private def execute(file: String, label: String, code: String, shows: Boolean): Language.Ending =
    interpreter.withLabel(label)(interpreter.compile(code, synthetic = false)) match {
      case Left(_) => ended(failures.compile(file, messages.take(), "this cannot be compiled", code))
      case Right(request) =>
        val outcome = executor.run(() => {
          withStreams(evaluate(request, shows)) match {
            case Right(value) => if (shows && !isUnit(request, value)) Rich.of(value, text(value)) else null
            case Left(thrown) => throw new Session.Failed(failures.runtime(file, thrown))
          }
        })
        interpreter.recordRequest(request)
        (outcome.thrown, outcome.value) match {
          case (failed: Session.Failed, _) => ended(failed.failure)
          case (null, value) if !executor.wasInterrupted => new Language.Ending(null, value.asInstanceOf[Rich])
          case _                                         => ended(failures.stopped)
        }
    }

  /** All that the cell does happens as its object is made; its value is asked for only when it is to be shown. */
  private def evaluate(request: interpreter.Request, shows: Boolean): Either[Throwable, Any] =
    try {
      Class.forName(request.lineRep.packageName + ".$read$", true, interpreter.classLoader)
      if (shows) request.eval else Right(())
    } catch { case thrown: Throwable => Left(thrown) }

  /** What is read ahead of standard input belongs to this run alone, and the streams may be others after an interrupt. */
  private def withStreams[A](body: => A): A =
    Console.withOut(System.out)(Console.withErr(System.err)(Console.withIn(new BufferedReader(new InputStreamReader(System.in)))(body)))

  private def isUnit(request: interpreter.Request, value: Any): Boolean =
    value == ((): Any) || value == null && request.termNames.lastOption.forall(name => request.lookupTypeOf(name) == "Unit")

  /** As Scala's own prompt shows it. */
  private def text(value: Any): String = ScalaRunTime.replStringOf(value, 1000).stripSuffix("\n").stripPrefix("\n")

  private def ended(failure: Failure) = new Language.Ending(failure, null)

  override def complete(code: String, cursor: Int): Language.Matches = asked.complete(code, cursor)
  override def inspect(code: String, cursor: Int, detail: Boolean): String = asked.inspect(code, cursor)
  override def check(code: String): Language.Check = asked.check(code)
}

private object Session {
  /** Thrown, not returned: what ended well although it was interrupted has survived that. */
  final class Failed(val failure: Failure) extends RuntimeException(null, null, false, false)
}

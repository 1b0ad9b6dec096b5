// SPDX-License-Identifier: Apache-2.0
package quern.repl

import quern.jvm.Language
import scala.jdk.CollectionConverters._
import scala.tools.nsc.interpreter.{CompletionCandidate, IMain, Results}

/** What is asked about code without running it, answered by Scala's presentation compiler and its parser. */
final class Asked(interpreter: IMain, messages: Messages) {
  private val Indent = "  "

  def complete(code: String, cursor: Int): Language.Matches = {
    val (start, found) = candidates(code, cursor)
    val prefix = code.substring(start, cursor)
    val items = found.filter(_.name.startsWith(prefix)).map(one => new Language.Match(one.name, kind(one))).distinct
    new Language.Matches(start, cursor, items.asJava)
  }

  /** The declarations of the name at the cursor. */
  def inspect(code: String, cursor: Int): String = {
    val end = code.indexWhere(!Character.isJavaIdentifierPart(_), cursor) match {
      case -1 => code.length
      case at => at
    }
    val (start, found) = candidates(code, end)
    val name = code.substring(start, end)
    val texts = found.filter(one => one.name == name).map(_.declString()).filter(_.nonEmpty).distinct
    if (name.isEmpty) null
    else if (texts.nonEmpty) texts.mkString("\n")
    else if (code.substring(0, start).endsWith(".")) null
    else typed(name)
  }

  /** Of what the compiler has no declaration for: the type, if it knows the name. */
  private def typed(name: String): String = {
    val found = interpreter.typeOfTerm(name)
    messages.take()
    if (found == interpreter.global.NoType) null
    else s"$name: ${if (found.paramss.flatten.isEmpty) found.finalResultType else found}"
  }

  def check(code: String): Language.Check = {
    val state = interpreter.parse(Programs.withoutPackage(code)) match {
      case Right(_)                 => "complete"
      case Left(Results.Incomplete) => "incomplete"
      case Left(_)                  => "invalid"
    }
    messages.take()
    new Language.Check(state, if (state == "incomplete") indent(code) else "")
  }

  /** Where the name before the cursor begins, and all that it could become. */
  private def candidates(code: String, cursor: Int): (Int, List[CompletionCandidate]) = {
    val begun = code.lastIndexWhere(!Character.isJavaIdentifierPart(_), cursor - 1) + 1
    // Of a whole name the compiler proposes the members, or it fails over it: so it is asked of what that name begins with.
    val shortest = if (code.substring(0, begun).endsWith(".")) begun else begun + 1
    if (begun == cursor) at(code, cursor)
    else (cursor - 1 to shortest by -1).iterator.map(at(code, _)).collectFirst { case (start, found) if start <= begun => found } match {
      case Some(found) => (begun, found)
      case None        => (begun, interpreter.allDefinedNames.map(_.decoded).distinct.map(CompletionCandidate(_)))
    }
  }

  private def at(whole: String, cursor: Int): (Int, List[CompletionCandidate]) =
    try interpreter.presentationCompile(cursor, whole.substring(0, cursor)) match {
        case Left(_) => (cursor, Nil)
        case Right(result) =>
          try result.completionCandidates(filter = true, tabCount = 1)
          finally result.cleanup()
      }
    finally messages.take()

  private def kind(candidate: CompletionCandidate): String = {
    val declared = candidate.declString()
    if (declared.contains("def ") || candidate.arity != CompletionCandidate.Nullary) "method" else ""
  }

  /** That of the last line, and one step more behind what opens something. */
  private def indent(code: String): String = {
    val line = code.substring(code.lastIndexOf('\n') + 1)
    val own = line.takeWhile(_.isWhitespace)
    val text = line.stripTrailing
    if (List("{", "(", "[", "=", "=>").exists(text.endsWith)) own + Indent else own
  }
}

// SPDX-License-Identifier: Apache-2.0
package quern.repl

import java.io.{PrintWriter, StringWriter}
import scala.collection.mutable.ListBuffer
import scala.reflect.internal.util.{CodeAction, Position}
import scala.tools.nsc.Settings
import scala.tools.nsc.interpreter.shell.ReplReporterImpl

/** What the compiler says of one place. Offset is -1 where it has none. */
final case class Message(line: Int, column: Int, text: String, source: String)

/** The interpreter's reporter: keeps the errors of a compilation, and prints nothing. */
final class Messages(settings: Settings) extends ReplReporterImpl(settings, new PrintWriter(new StringWriter)) {
  private val found = ListBuffer.empty[Message]

  def take(): List[Message] = {
    val all = found.toList
    found.clear()
    reset()
    all
  }

  override def doReport(position: Position, text: String, severity: Severity, actions: List[CodeAction]): Unit =
    if (severity == ERROR)
      found += (if (position.isDefined) Message(position.line, position.column, text, position.lineContent.stripLineEnd)
                else Message(0, 0, text, ""))

  override def printResult(result: Either[String, String]): Unit = ()
  override def printMessage(message: String): Unit = ()
}

// SPDX-License-Identifier: Apache-2.0
package quern.repl

import scala.tools.nsc.interpreter.IMain

/** What a cell is by its form: a whole program, or one whose last expression is to be shown. */
object Programs {
  private val Package = """\A((?:\s|//[^\n]*\n|/\*(?:[^*]|\*(?!/))*+\*/)*+)(package\s+[\w.]+[ \t]*(?:;|(?=\n|\z)))""".r

  /** The same text with spaces in the place of a package, which a context has none of. */
  def withoutPackage(code: String): String =
    Package.findFirstMatchIn(code).fold(code)(found =>
      found.group(1) + " " * found.group(2).length + found.after)

  /** Whether a semicolon stands at the end, which hides a value; comments may follow it. */
  def isClosed(code: String): Boolean = {
    val bare = code.stripTrailing
    bare.endsWith(";") || bare.linesIterator.toList.lastOption.exists(_.matches(""".*;\s*(//.*|/\*[^*]*\*/)"""))
  }

  def isAssignment(interpreter: IMain)(tree: interpreter.global.Tree): Boolean = tree.isInstanceOf[interpreter.global.Assign]

  /** The object whose main is to be run, of a cell that is nothing but imports and definitions of types and objects. */
  def main(interpreter: IMain)(trees: List[interpreter.global.Tree]): Option[String] = {
    import interpreter.global._
    val whole = trees.forall {
      case _: Import | _: ClassDef | _: ModuleDef => true
      case _                                      => false
    }
    def hasMain(body: Template): Boolean =
      body.parents.exists(parent => parent.toString == "App" || parent.toString == "scala.App") || body.body.exists {
        case method: DefDef => method.name.decoded == "main" && method.vparamss.flatten.sizeIs == 1
        case _              => false
      }
    if (!whole) None
    else trees.collectFirst { case module: ModuleDef if hasMain(module.impl) => module.name.decoded }
  }
}

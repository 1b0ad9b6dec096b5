// SPDX-License-Identifier: Apache-2.0
package quern.repl

import quern.jvm.Worker

/** The worker for Scala. */
object Main {
  def main(arguments: Array[String]): Unit = Worker.main((executor, questions) => new Session(executor, questions))
}

# SPDX-License-Identifier: Apache-2.0
#
# The worker for Ruby by langs/WORKER.md. Ruby keeps this file's top level for the snippets: no local variable here.
require_relative "session"

Quern::Session.new.serve

# SPDX-License-Identifier: Apache-2.0
#
# One context: requests in turn, snippets in the top level's binding, and how each ended.
require_relative "wire"
require_relative "console"
require_relative "failure"
require_relative "rich"

module Quern
  class Session
    # What has a value in Ruby but is no question for one.
    STATEMENTS = %i[
      LASGN DASGN DASGN_CURR GASGN IASGN CVASGN CDECL MASGN OP_ASGN1 OP_ASGN2 OP_ASGN_AND OP_ASGN_OR OP_CDECL ATTRASGN
      DEFN DEFS CLASS MODULE SCLASS ALIAS VALIAS UNDEF WHILE UNTIL FOR POSTEXE
    ].freeze

    def initialize
      @wire = Wire.new
      @console = Console.new(@wire)
      @count = 0
      @running = false
      @sources = {} # the snippets' lines, by the names of their files
      @main = Thread.main
      Rich.connect(@wire)
      Encoding.default_external = Encoding::UTF_8
      # The first hook is the last to run: however the snippets' end, the worker was asked to.
      at_exit { exit!(0) if @wire.home? }
    end

    def serve
      Thread.handle_interrupt(Interrupt => :never) do
        listen
        @wire.send("ready", { version: RUBY_VERSION }, [["title", "Ruby"]])
        while (request = @wire.receive)
          answer(request)
        end
        leave
      end
    end

    private

    # Interrupts count while a snippet runs; handle_interrupt then says where they may arrive.
    def listen
      trap("INT") { @main.raise(Interrupt, "") if @running }
    end

    def answer(request)
      case request.kind
      when "run" then run(request)
      when "complete", "inspect", "check" then look(request)
      else
        @wire.send("error", { kind: "runtime" }, [["message", "Ruby's worker does not know this kind of request."]])
        @wire.send("done", { status: "error" })
      end
    end

    # -- runs

    def run(request)
      code = text(request.parts["code"])
      forget_interrupts
      trace_parent(request.parts["traceparent"]) do
        ARGV.replace(text(request.parts["argv"]).split("\0", -1)[0...-1]) if request.parts["argv"]
        @console.begin(input: request.attributes["stdin"] != "none", merge: request.attributes["merge"] == "1")
        @file = "<cell #{@count += 1}>"
        @sources[@file] = code.lines
        done = execute(code, request.attributes["silent"] == "1")
        end_child(done) unless @wire.home?
        Wire.flush
        @console.end
        @wire.send("done", done)
      end
    end

    # Evaluates a snippet and tells its value or failure; the attributes of `done`.
    def execute(code, silent)
      failure = nil
      begin
        @running = true
        Thread.handle_interrupt(Interrupt => :immediate) do
          shows = shows_value?(code)
          $0 = @file # so that `if __FILE__ == $0` holds
          value = TOPLEVEL_BINDING.eval(code, @file, 1)
          tell(value) if shows && !silent && @wire.home?
        end
      rescue Exception => failure # whatever a snippet raises is its own
        nil
      ensure
        @running = false
        listen # a handler of the snippet's holds for that snippet
      end
      conclude(failure)
    end

    # Whether the last statement is there for its value. What does not parse alone, eval judges: it knows the variables.
    def shows_value?(code)
      verbose, $VERBOSE = $VERBOSE, nil
      body = RubyVM::AbstractSyntaxTree.parse(code).children.last
      body = body.children.last while body&.type == :BLOCK
      return false if body.nil? || STATEMENTS.include?(body.type)
      rest = code.lines[body.last_lineno - 1].to_s.byteslice(body.last_column..).to_s
      !rest.match?(/\A[ \t)]*;/)
    rescue SyntaxError
      true
    ensure
      $VERBOSE = verbose
    end

    def tell(value)
      return if nil.equal?(value)
      TOPLEVEL_BINDING.local_variable_set(:_, value)
      @wire.send("result", {}, Rich.render(value))
    end

    def conclude(failure)
      return { status: "ok" } if failure.nil? || left_early?(failure)
      return { status: failure.success? ? "ok" : "error", exit: failure.status & 0xff } if failure.is_a?(SystemExit)
      attributes, parts = Failure.new(failure, @file).describe
      if @wire.home?
        @wire.send("error", attributes, parts)
      else
        STDERR.write(parts.assoc("traceback").last, "\n")
      end
      { status: failure.is_a?(Interrupt) ? "interrupted" : "error" }
    end

    # `return` at the top level ends a program, and so a snippet.
    def left_early?(failure)
      failure.is_a?(LocalJumpError) && failure.reason == :return && failure.backtrace_locations&.first&.path == @file
    end

    # One that came behind the end of its run must not hit the next.
    def forget_interrupts
      Thread.handle_interrupt(Interrupt => :immediate) { Thread.pass } while @main.pending_interrupt?
    rescue Interrupt
      retry
    end

    # TRACEPARENT is of one run: afterwards it is as before, unless the snippet has set its own.
    def trace_parent(given)
      return yield if given.nil? || given.empty?
      before, ENV["TRACEPARENT"] = ENV["TRACEPARENT"], given
      begin
        yield
      ensure
        ENV["TRACEPARENT"] = before if ENV["TRACEPARENT"] == given
      end
    end

    # -- the end

    # A process that a snippet forked and that came back is nobody's worker.
    def end_child(done)
      Wire.flush
      exit!(done[:exit] || (done[:status] == "ok" ? 0 : 1))
    end

    # The snippets' at_exit hooks run, for a second at most.
    def leave
      Thread.new do
        sleep 1
        exit!(0)
      end
      exit(true)
    end

    # -- what needs no running

    def look(request)
      require_relative "look"
      @look ||= Look.new(@sources)
      code = text(request.parts["code"])
      cursor = [(request.attributes["cursor"] || code.bytesize).to_i, code.bytesize].min
      frame = case request.kind
              when "check" then @look.check(code)
              when "complete" then @look.complete(code, cursor)
              else @look.inspect(code, cursor, request.attributes["detail"] == "1")
              end
      @wire.send(*frame) if frame
      @wire.send("done", { status: "ok" })
    rescue StandardError, SystemStackError => error
      @wire.send("error", { kind: "runtime" }, [["message", "#{error.class}: #{error.message}"]])
      @wire.send("done", { status: "error" })
    end

    def text(bytes)
      (bytes || "").dup.force_encoding(Encoding::UTF_8)
    end
  end
end

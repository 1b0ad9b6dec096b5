# SPDX-License-Identifier: Apache-2.0
#
# The snippets' three streams: stdout goes out at once, and whoever reads a line from stdin is told to ask for it.
module Quern
  # What stands behind the last line's end on stdout: the question, when a line is read.
  module Question
    MOST = 4096

    attr_accessor :quern_line

    def write(*texts)
      texts.each do |text|
        text = text.to_s
        at = text.rindex("\n")
        @quern_line = at ? text[(at + 1)..] : "#{@quern_line}#{text}"
        @quern_line = "" if @quern_line.size > MOST
      rescue ArgumentError, EncodingError
        @quern_line = "" # bytes that are no text
      end
      super
    end
  end

  # Reads of lines, announced.
  module Asking
    %i[gets readline].each do |name|
      define_method(name) { |*arguments, **options| Console.current.ask(self) { super(*arguments, **options) } }
    end

    # io/console's, which want a terminal.
    def getpass(prompt = nil)
      STDOUT.write(prompt) if prompt
      line = noecho(&:gets)
      STDOUT.write("\n")
      line&.chomp
    end

    def noecho
      Console.current.secretly { yield self }
    end
  end

  # Kernel's, which read the files of ARGV, or stdin where there are none; and require, for who else asks.
  module KernelAsking
    # $_ is the caller's own; of the callers', the top level's can be set.
    LAST_LINE = TOPLEVEL_BINDING.eval("lambda { |line| $_ = line }")

    %i[gets readline].each do |name|
      define_method(name) do |*arguments, **options|
        next super(*arguments, **options) unless ARGV.empty? && $stdin.equal?(STDIN)
        LAST_LINE.call(STDIN.public_send(name, *arguments, **options))
      end
      private name
    end

    def require(name)
      super.tap { Console.current.adopt(name) if name == "readline" || name == "reline" }
    end
    private :require
  end

  # Readline's and Reline's, which edit lines on a terminal.
  module LineAsking
    def readline(prompt = "", add_history = false)
      STDOUT.write(prompt)
      line = STDIN.gets&.chomp
      self::HISTORY << line if add_history && line
      line
    end
  end

  class Console
    class << self
      attr_reader :current
    end

    def initialize(wire)
      @wire = wire
      @input = @secret = false
      Console.instance_variable_set(:@current, self)
      STDOUT.sync = STDERR.sync = true
      STDOUT.singleton_class.prepend(Question)
      STDIN.singleton_class.prepend(Asking)
      Kernel.prepend(KernelAsking)
    end

    def begin(input:, merge:)
      @input = input
      STDOUT.quern_line = ""
      return unless merge
      @stderr = STDERR.dup
      @stderr.close_on_exec = true
      STDERR.reopen(STDOUT)
    end

    def end
      forget_input
      return unless @stderr
      # Unless the snippet has made something else of it.
      STDERR.reopen(@stderr) if STDERR.stat.ino == STDOUT.stat.ino && STDERR.stat.dev == STDOUT.stat.dev
      STDERR.sync = true
      @stderr.close
      @stderr = nil
    end

    # Announces a read of a line; the block reads it.
    def ask(stream)
      return yield unless stream.equal?(STDIN) && stream.fileno.zero? && @wire.home?
      raise IOError, "this run has no input: it was started with stdin \"none\", so nobody can be asked" unless @input
      @wire.send("prompt", { password: @secret ? 1 : 0 }, [["prompt", STDOUT.quern_line.to_s]])
      begin
        yield
      ensure
        STDOUT.quern_line = ""
        @wire.send("taken")
      end
    end

    # Lines that the block reads are passwords.
    def secretly
      @secret = true
      yield
    ensure
      @secret = false
    end

    # A library was loaded that asks in a way of its own.
    def adopt(name)
      library = Object.const_get(name.capitalize)
      library.singleton_class.prepend(LineAsking) unless library.singleton_class < LineAsking
    end

    private

    # What Ruby has read ahead is of this run. sysseek tells whether there is any.
    def forget_input
      STDIN.readpartial(1 << 16) while buffered?
    rescue EOFError
      nil
    end

    def buffered?
      STDIN.sysseek(0, IO::SEEK_CUR)
      false
    rescue IOError
      !STDIN.closed?
    rescue SystemCallError
      false
    end
  end
end

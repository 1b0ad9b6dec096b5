# SPDX-License-Identifier: Apache-2.0
#
# An exception as the attributes and parts of an `error` frame: with the snippet's lines, without the worker's own.
module Quern
  class Failure
    HERE = "#{__dir__}/".freeze

    def self.own?(line)
      line.start_with?(HERE) || line.start_with?("<internal:")
    end

    def initialize(error, file)
      @error = error
      @file = file
      # One of the snippet itself, before anything of it ran.
      @compiling = error.is_a?(SyntaxError) && error.message.start_with?("#{file}:")
    end

    def describe
      line, column = place
      attributes = { kind: @compiling ? "compile" : "runtime" }
      attributes[:line] = line if line
      attributes[:column] = column if column
      parts = [["name", name(@error)], ["message", message(@error)], ["file", @file]]
      [attributes, parts + traceback.map { |entry| ["traceback", entry] }]
    end

    private

    # The class's name by the class's own method, for the snippet's may be another.
    def name(error)
      kind = Kernel.instance_method(:class).bind_call(error)
      Module.instance_method(:name).bind_call(kind) || "anonymous class"
    end

    def message(error)
      return error.message.sub(/\A#{Regexp.escape(@file)}:\d+: /, "").chomp if @compiling
      text = error.message.to_s
      text.empty? ? name(error) : text
    rescue Exception => failed # rubocop:disable Lint/RescueException
      "<#{name(error)} whose message fails: #{name(failed)}>"
    end

    def frames(error)
      (error.backtrace || []).reject { |line| Failure.own?(line) }
    end

    # Where in the snippet it was, the innermost place first.
    def place
      if @compiling
        line = @error.message[/\A#{Regexp.escape(@file)}:(\d+):/, 1]
        caret = @error.message.lines.find { |text| text.match?(/\A\s*[~^ ]*\^[~^ ]*\s*\z/) }
        return [line, caret && caret.index("^") + 1]
      end
      [frames(@error).filter_map { |text| text[/\A#{Regexp.escape(@file)}:(\d+)/, 1] }.first, nil]
    end

    # As Ruby prints it: the place and the message, then where that was called from; then the same of its cause.
    def traceback
      return @error.message.chomp.split("\n") if @compiling
      seen = {}.compare_by_identity
      entries = []
      error = @error
      while error && !seen[error]
        seen[error] = true
        entries.concat(entry(error))
        error = error.cause
      end
      entries
    end

    def entry(error)
      first, *rest = frames(error)
      head, *more = message(error).split("\n", -1)
      title = "#{first ? "#{first}: " : ''}#{head} (#{name(error)})"
      [title, *more, *shorten(rest).map { |line| "\tfrom #{line}" }]
    end

    # An endless recursion's frames say no more than its first.
    def shorten(frames)
      return frames if frames.size <= 60
      frames.first(20) + ["... #{frames.size - 40} calls left out ..."] + frames.last(20)
    end
  end
end

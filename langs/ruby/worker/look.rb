# SPDX-License-Identifier: Apache-2.0
#
# What is asked about code: whether it is whole, what completes it, what a word of it is. Runs nothing of the snippets'.
require "ripper"
require_relative "values"
require_relative "complete"
require_relative "inspect"

module Quern
  class Look
    # What the parser says when the code only wants more.
    UNFINISHED = /
      unexpected\ end-of-input | meets\ end\ of\ file | anywhere\ before\ EOF | unexpected\ end\ of\ file |
      \bunterminated\ .*\bend\ of\ file
    /x.freeze
    OPENERS = %w[def class module begin case do].freeze
    # May stand behind a statement too, where they open nothing.
    MODIFIERS = %w[if unless while until].freeze

    def initialize(sources)
      @sources = sources
    end

    # The frame that answers, each of them; nil where nothing is found.
    def check(code)
      state = state_of(code)
      ["checked", { state: state }, [["indent", state == "incomplete" ? "  " * depth(code) : ""]]]
    end

    def complete(code, cursor)
      first, items = Complete.new(code.byteslice(0, cursor).scrub).items
      body = items.map { |text, kind| "#{text}\t#{kind}" }.join("\n")
      ["matches", { start: first, end: cursor }, [["items", body]]]
    end

    def inspect(code, cursor, detail)
      text = Inspect.new(code, cursor, @sources).text(detail)
      text && ["found", {}, [["text/plain", text]]]
    end

    private

    def state_of(code)
      verbose, $VERBOSE = $VERBOSE, nil
      return "incomplete" if code.match?(/\\\n?\z/) # the line goes on
      RubyVM::InstructionSequence.compile(declared + code, "code", "code", 1)
      "complete"
    rescue SyntaxError => error
      faults = error.message.lines.grep(/\Acode:\d+: /)
      faults.all? { |line| line.match?(UNFINISHED) } ? "incomplete" : "invalid"
    rescue EncodingError, ArgumentError
      "invalid"
    ensure
      $VERBOSE = verbose
    end

    # The variables that are there, so that `x /2` is read as it will be.
    def declared
      TOPLEVEL_BINDING.local_variables.grep(/\A[a-z_]\w*\z/).map { |name| "#{name} = #{name};" }.join
    end

    # How many blocks and brackets are open behind the last token.
    def depth(code)
      open = 0
      loop_line = nil # of a while, until or for whose `do` is still to come
      Ripper.lex(code).each do |(line, _), type, text, state|
        case type
        when :on_kw
          loop_line, change = keyword(text, state, line, loop_line)
          open += change
        when :on_lbrace, :on_lbracket, :on_lparen, :on_embexpr_beg, :on_tlambeg then open += 1
        when :on_rbrace, :on_rbracket, :on_rparen, :on_embexpr_end then open -= 1
        end
      end
      [open, 0].max
    end

    # [the line of a loop whose `do` may follow, how much deeper it is now].
    def keyword(text, state, line, loop_line)
      return [loop_line, 0] if state == Ripper::EXPR_ENDFN # a method's name
      return [loop_line, -1] if text == "end"
      return [nil, 0] if text == "do" && loop_line == line
      return [line, 1] if text == "for"
      if MODIFIERS.include?(text)
        modifier = state.allbits?(Ripper::EXPR_LABEL)
        return [%w[while until].include?(text) && !modifier ? line : loop_line, modifier ? 0 : 1]
      end
      [loop_line, OPENERS.include?(text) ? 1 : 0]
    end
  end
end

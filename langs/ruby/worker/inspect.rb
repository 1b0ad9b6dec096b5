# SPDX-License-Identifier: Apache-2.0
#
# Inspection: what the word at the cursor is, from its definition's place, the comment above it, and its value.
module Quern
  class Inspect
    WORD = /(?:::)?[[:word:]$@]+(?:(?:::|&?\.)[[:word:]]+)*[?!]?|"[^"\n]*"(?:\.[[:word:]]+[?!]?)/.freeze
    # Values whose own `inspect` is Ruby's and shows all there is.
    PLAIN = [Integer, Float, Rational, Complex, Symbol, TrueClass, FalseClass, NilClass, Range, Regexp].freeze
    LONG = 2000

    def initialize(code, cursor, sources)
      @before = code.byteslice(0, cursor).scrub
      @after = code.byteslice(cursor..).to_s.scrub
      @sources = sources
    end

    # nil where nothing is known.
    def text(detail)
      word = word_at
      word && describe(word, detail)
    end

    private

    # The chain of names up to the end of the word that the cursor is in or behind; in an argument list, the callee.
    def word_at
      rest = @after[/\A[[:word:]]*[?!]?/]
      word = @before[/(?:#{WORD.source})\z/] || ""
      return word + rest if (word + rest).match?(/[[:word:]]/)
      @before[/(#{WORD.source})\s*\([^()]*\z/, 1]
    end

    def describe(word, detail)
      if (call = word.match(/\A(.+)(?:&?\.)([[:word:]]+[?!]?)\z/))
        found = Values.follow(call[1])
        return found && of_method(found.first, call[2], detail)
      end
      found = Values.follow(word.delete_prefix("::"))
      return found && of_value(word, found.first, detail) if found && !word.match?(/\A["'\d]/)
      of_method(TOPLEVEL_BINDING.receiver, word, detail)
    end

    def of_method(value, name, detail)
      method = Values.method_of(value, name) or return nil
      owner = "#{Values.name_of(method.owner)}#"
      owner = "#{Values.name_of(value)}." if method.owner.singleton_class? && Values.module?(value)
      lines = [signature(method), "#{owner}#{method.name}#{place(method)}"]
      lines += ["", *written(method.source_location, detail)] if method.source_location
      lines.join("\n").rstrip
    end

    SIGNS = { rest: "*", keyrest: "**", block: "&" }.freeze

    def signature(method)
      words = method.parameters.map do |kind, name|
        case kind
        when :opt then "#{name || '_'} = …"
        when :keyreq then "#{name}:"
        when :key then "#{name}: …"
        when :rest, :keyrest, :block then "#{SIGNS[kind]}#{name unless %i[* ** &].include?(name)}"
        else (name || "_").to_s
        end
      end
      "#{method.name}(#{words.join(', ')})"
    end

    def place(method)
      file, line = method.source_location
      file ? " (#{file}:#{line})" : " (of Ruby itself)"
    end

    # The comment above a definition and, of a snippet's or with detail, its source.
    def written(location, detail)
      file, line = location
      lines = @sources[file] || readable(file) or return []
      return [] if line > lines.size
      first = line - 1
      first -= 1 while first.positive? && lines[first - 1].match?(/\A\s*#/)
      comment = lines[first...(line - 1)]
      source = @sources[file] || detail ? definition(lines, line - 1) : []
      (comment + source).map(&:chomp)
    end

    def readable(file)
      File.readlines(file, encoding: Encoding::UTF_8) if File.file?(file)
    rescue SystemCallError
      nil
    end

    # From its first line to the `end` at the same depth, or that line alone.
    def definition(lines, at)
      margin = lines[at][/\A\s*/]
      return [lines[at]] if lines[at].match?(/\bend\s*\z|\)\s*=\s|\}\s*\z/)
      size = lines[at..].index { |line| line.match?(/\A#{margin}(?:end|\})/) }
      lines[at, (size || 0) + 1]
    end

    def of_value(word, value, detail)
      return of_module(value, detail) if Values.module?(value)
      "#{word}: #{Values.name_of(Values.class_of(value))}\n#{sketch(value, 2)}"
    end

    def of_module(value, detail)
      look = ->(method, *arguments) { Module.instance_method(method).bind_call(value, *arguments) }
      name = Values.name_of(value)
      head = value.is_a?(Class) && value.superclass ? "class #{name} < #{Values.name_of(value.superclass)}" : "module #{name}"
      head = "class #{name}" if value.is_a?(Class) && !value.superclass
      own = look.call(:instance_methods, false).sort
      lines = [head]
      location = Object.const_source_location(name) if name.match?(/\A[A-Z]/)
      lines += ["", *written(location, detail)] if location && location.first && !location.empty?
      lines += ["", "methods: #{own.first(60).join(', ')}"] unless own.empty?
      lines.join("\n").rstrip
    end

    # A value as text, without asking it anything that its class could have made its own.
    def sketch(value, depth)
      kind = Values.class_of(value)
      text = if PLAIN.any? { |plain| kind.equal?(plain) } then value.inspect
             elsif kind.equal?(String) then value.length > LONG ? "#{value[0, LONG].inspect}…" : value.inspect
             elsif kind.equal?(Array) then depth.zero? ? "[…]" : "[#{some(value) { |item| sketch(item, depth - 1) }}]"
             elsif kind.equal?(Hash) then depth.zero? ? "{…}" : "{#{some(value) { |pair| pairing(pair, depth) }}}"
             else variables(value, kind, depth)
             end
      text.length > LONG ? "#{text[0, LONG]}…" : text
    end

    def pairing(pair, depth)
      pair.map { |item| sketch(item, depth - 1) }.join("=>")
    end

    def some(items, &block)
      shown = items.first(50).map(&block)
      shown << "… #{items.size} in all" if items.size > 50
      shown.join(", ")
    end

    def variables(value, kind, depth)
      names = Object === value ? Kernel.instance_method(:instance_variables).bind_call(value) : []
      inner = names.first(20).map do |name|
        content = Kernel.instance_method(:instance_variable_get).bind_call(value, name)
        "#{name}=#{depth.zero? ? '…' : sketch(content, depth - 1)}"
      end
      "#<#{[Values.name_of(kind), *inner].join(' ')}>"
    end
  end
end

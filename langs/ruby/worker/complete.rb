# SPDX-License-Identifier: Apache-2.0
#
# Completion of what stands before the cursor.
module Quern
  class Complete
    KEYWORDS = %w[
      BEGIN END __ENCODING__ __FILE__ __LINE__ alias and begin break case class def defined? do else elsif end ensure false for
      if in module next nil not or redo rescue retry return self super then true undef unless until when while yield
    ].freeze
    NAME = /[[:word:]]+[?!]?/.freeze
    # What a method is called on, where that is only names or a literal.
    RECEIVER = /(?:(?:::)?[[:word:]$@]+(?:::[[:word:]]+)*|"[^"]*"|'[^']*'|\[[^\[\]]*\]|:[[:word:]]+|\d[\d_]*\.\d+)/.freeze
    MOST_CONTEXT = 20_000 # characters
    OPERATORS = /\A[^[:alpha:]_]|[^[:word:]?!=]|\A(?:!|==|===)\z/.freeze

    def initialize(before)
      @size = before.bytesize
      @before = before.length > MOST_CONTEXT ? before[-MOST_CONTEXT..].sub(/\A[^\n]*\n/, "") : before
    end

    # [where it begins, {text => kind}]
    def items
      token, found = candidates
      found = found.select { |text, _| text.start_with?(token) }
      [@size - token.bytesize, found.sort_by { |text, kind| [kind == "argument" ? 0 : 1, text] }.to_h]
    end

    private

    def candidates
      where = last_token
      return ["", {}] if where == :comment
      return files(where) if where.is_a?(String)
      case @before
      when /(#{RECEIVER})\s*(?:&?\.)\s*([[:word:]]*[?!]?)\z/o then [$2, methods_on($1)]
      when /\.\s*([[:word:]]*[?!]?)\z/ then [$1, {}]
      when /((?:[[:upper:]]\w*::)*[[:upper:]]\w*)::([[:word:]]*)\z/ then [$2, within($1)]
      when /::([[:upper:]]\w*)\z/ then [$1, constants(Object)]
      when /(\$\w*)\z/ then [$1, kinds(global_variables, "variable")]
      when /(@@?\w*)\z/ then [$1, kinds(main_variables, "variable")]
      when /(?<!:):(\w+)\z/ then [":#{$1}", {}]
      else
        token = @before[/#{NAME}\z/o] || ""
        token.match?(/\A\d/) ? [token, {}] : [token, arguments.merge(names(token))]
      end
    end

    # The text of the string that is being typed, :comment, or nil.
    def last_token
      tokens = Ripper.lex(@before)
      last = tokens.last or return nil
      return :comment if %i[on_comment on_embdoc on_embdoc_beg].include?(last[1])
      opened = tokens.rindex { |token| %i[on_tstring_beg on_backtick].include?(token[1]) }
      closed = tokens.rindex { |token| %i[on_tstring_end on_label_end].include?(token[1]) }
      return nil unless opened && (closed.nil? || opened > closed)
      inside = tokens[opened..].map { |token| token[1] }
      return nil if inside.count(:on_embexpr_beg) > inside.count(:on_embexpr_end) # code within the string
      @lead = tokens[0...opened].map { |token| token[2] }.join
      tokens[(opened + 1)..].map { |token| token[2] }.join
    end

    def kinds(names, kind)
      names.to_h { |name| [name.to_s, kind] }
    end

    def methods_on(receiver)
      found = Values.follow(receiver.delete_prefix("::"))
      return {} unless found
      kinds(Values.methods_of(found.first).reject { |name| name.match?(OPERATORS) }, "method")
    end

    def within(chain)
      found = Values.follow(chain)
      return {} unless found && Values.module?(found.first)
      constants(found.first).merge(kinds(Values.methods_of(found.first).reject { |name| name.match?(OPERATORS) }, "method"))
    end

    def constants(home)
      Module.instance_method(:constants).bind_call(home).to_h do |name|
        found = Values.constant(home, name)
        kind = case found&.first
               when Class then "class"
               when Module then "module"
               else "constant"
               end
        [name.to_s, found ? kind : "class"]
      end
    end

    def main_variables
      Kernel.instance_method(:instance_variables).bind_call(TOPLEVEL_BINDING.receiver)
    end

    def names(token)
      found = kinds(KEYWORDS, "keyword")
      main = Values.methods_of(TOPLEVEL_BINDING.receiver, all: true).reject { |name| name.match?(OPERATORS) }
      found.merge!(kinds(main, "method")) unless token.empty?
      found.merge!(constants(Object)) if token.match?(/\A[[:upper:]]/)
      found = {} if token.empty?
      found.merge(kinds(TOPLEVEL_BINDING.local_variables, "variable"))
    end

    # The names of the keyword arguments of the call that the cursor is in.
    def arguments
      text = @before.gsub(/"[^"\n]*"|'[^'\n]*'/, '""')
      nil while text.gsub!(/\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}/, "")
      call = text.match(/(?:(#{RECEIVER})\.)?([[:word:]]+[?!]?)\(([^()]*)\z/o) or return {}
      return {} if call[3].match?(/:\s*[^,]*\z/)
      value = call[1] ? Values.follow(call[1]) : [TOPLEVEL_BINDING.receiver]
      method = value && Values.method_of(*callee(value.first, call[2]))
      return {} unless method
      method.parameters.filter_map { |kind, name| ["#{name}: ", "argument"] if %i[key keyreq].include?(kind) && name }.to_h
    end

    # `new` hands its arguments on to initialize, which no instance is needed to know of.
    def callee(value, name)
      return [value, name] unless name == "new" && value.is_a?(Class)
      [value, :new]
    end

    def files(typed)
      if (kind = @lead[/\b(require|require_relative|load)[\s(]*\z/, 1])
        return [typed, kind == "require" ? libraries(typed) : paths(typed).transform_keys { |path| path.delete_suffix(".rb") }]
      end
      [typed, paths(typed)]
    end

    def paths(typed)
      pattern = "#{typed.gsub(/[\\*?\[\]{}]/) { |sign| "\\#{sign}" }}*"
      Dir.glob(pattern).to_h { |path| File.directory?(path) ? ["#{path}/", "directory"] : [path, "file"] }
    end

    # What `require` finds, by the names of files alone.
    def libraries(typed)
      folder = typed[%r{\A.*/}].to_s
      $LOAD_PATH.flat_map { |root| Dir.glob("#{folder}*", base: root.to_s) }.filter_map do |path|
        if path.end_with?(".rb", ".so") then [path.sub(/\.(rb|so)\z/, ""), "library"]
        elsif !path.include?(".") then ["#{path}/", "directory"]
        end
      end.to_h
    end
  end
end

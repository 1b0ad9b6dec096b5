# SPDX-License-Identifier: Apache-2.0
#
# Looking at values without asking them: by Ruby's own methods, bound to the value, whatever its class has made of them.
module Quern
  module Values
    module_function

    def class_of(value)
      Kernel.instance_method(:class).bind_call(value)
    end

    def module?(value)
      Module === value
    end

    def name_of(kind)
      Module.instance_method(:name).bind_call(kind) || "#<Class>"
    end

    # The methods that may be called on a value, as symbols; with `all`, the private ones too.
    def methods_of(value, all: false)
      return class_of(value).instance_methods unless Object === value
      names = Kernel.instance_method(:methods).bind_call(value)
      all ? names + Kernel.instance_method(:private_methods).bind_call(value) : names
    end

    def method_of(value, name)
      Object === value ? Kernel.instance_method(:method).bind_call(value, name) : nil
    rescue NameError
      nil
    end

    # [value] of what a chain such as `A::B.c` stands for as far as it is only names; nil where something had to be called
    # or loaded.
    def follow(chain)
      return [1.0] if chain.match?(/\A\d[\d_]*\.\d+\z/)
      words = chain.split(/(::|&?\.)/)
      found = first(words.shift) or return nil
      words.each_slice(2) do |operator, word|
        return nil unless operator == "::" && module?(found.first)
        found = constant(found.first, word) or return nil
      end
      found
    end

    def first(word)
      case word
      when "self" then [TOPLEVEL_BINDING.receiver]
      when "nil" then [nil]
      when "true" then [true]
      when "false" then [false]
      when "ENV" then [ENV]
      when /\A\$\w+\z/ then global_variables.include?(word.to_sym) ? [TOPLEVEL_BINDING.eval(word)] : nil
      when /\A@\w+\z/ then instance_variable(TOPLEVEL_BINDING.receiver, word)
      when /\A[[:upper:]]\w*\z/ then constant(Object, word)
      when /\A[[:lower:]_][[:word:]]*\z/
        TOPLEVEL_BINDING.local_variable_defined?(word) ? [TOPLEVEL_BINDING.local_variable_get(word)] : literal(word)
      else literal(word)
      end
    end

    def literal(word)
      case word
      when /\A\d[\d_]*\z/ then [1]
      when /["'`]\z/ then [""]
      when /\]\z/ then [[]]
      when /\}\z/ then nil
      when /\A:\w+\z/ then [:a]
      end
    end

    def instance_variable(value, name)
      return nil unless Kernel.instance_method(:instance_variable_defined?).bind_call(value, name)
      [Kernel.instance_method(:instance_variable_get).bind_call(value, name)]
    end

    # A constant that is there; none is loaded for it.
    def constant(home, name)
      lookup = ->(method, *arguments) { Module.instance_method(method).bind_call(home, *arguments) }
      return nil if lookup.call(:autoload?, name) || !lookup.call(:const_defined?, name)
      [lookup.call(:const_get, name)]
    rescue NameError
      nil
    end
  end
end

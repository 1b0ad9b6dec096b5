# SPDX-License-Identifier: Apache-2.0
#
# Values as MIME parts, and what a snippet may show on its way: Quern.display and its kin.
module Quern
  module Rich
    # What a value may be asked for beside text.
    FORMS = {
      to_html: "text/html", to_markdown: "text/markdown", to_svg: "image/svg+xml", to_png: "image/png", to_jpeg: "image/jpeg",
      to_latex: "text/latex"
    }.freeze
    WIDTH = 80
    PLAIN = [Integer, Float, String, Symbol, TrueClass, FalseClass, NilClass, Proc, Method].freeze

    class << self
      attr_reader :wire

      def connect(wire)
        @wire = wire
      end

      # [[mime, body]], text/plain first.
      def render(value)
        parts = [["text/plain", plain(value)]]
        return parts if PLAIN.any? { |kind| kind === value } || !(Object === value) || Module === value
        FORMS.each do |method, mime|
          parts << [mime, value.public_send(method).to_s] if value.respond_to?(method)
        rescue ArgumentError
          next # a method of that name for something else
        end
        parts
      end

      # As irb has it: on one line where it fits, else pretty.
      def plain(value)
        return "#<#{Kernel.instance_method(:class).bind_call(value)}>" unless Object === value
        text = value.inspect.to_s
        if text.length > WIDTH && !PLAIN.any? { |kind| kind === value }
          require "pp"
          text = PP.pp(value, +"", WIDTH).chomp
        end
        text.encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
      end
    end
  end

  class << self
    # Shows a value in its forms; or a text or bytes of a MIME type. `id:` names the place, `update: true` shows it anew.
    def display(value, mime = nil, plain: nil, id: nil, update: false)
      if mime
        known = mime.match?(%r{\A[\w.+-]+/[\w.+-]+\z})
        raise ArgumentError, "#{mime.inspect} is no MIME type, such as \"text/html\"" unless known
        parts = [["text/plain", plain || (mime.start_with?("text/") ? value : "<#{mime}>")], [mime, value]]
      else
        parts = Rich.render(value)
      end
      attributes = {}
      attributes[:display] = id.to_s.gsub(/[^\w.-]/) { |text| text.bytes.map { |byte| format("%%%02X", byte) }.join } if id
      attributes[:update] = 1 if update
      Rich.wire.home? ? Rich.wire.send("display", attributes, parts) : puts(parts.first.last)
      nil
    end

    def html(text)
      display(text, "text/html")
    end

    # Forgets what was displayed; with `wait: true` when the next thing is.
    def clear(wait: false)
      Rich.wire.send("clear", { wait: wait ? 1 : 0 })
      nil
    end

    def progress(current, total, label = "")
      Rich.wire.send("progress", { current: current, total: total }, [["label", label]])
      nil
    end
  end
end

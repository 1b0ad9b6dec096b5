# SPDX-License-Identifier: Apache-2.0
#
# The frames of the worker contract: requests read whole, replies written whole. Knows nothing of what they mean.
require "fcntl"

module Quern
  Request = Struct.new(:kind, :attributes, :parts)

  class Wire
    HIGH = 190
    # A pipe takes so much at once; more is written by a thread, which no handler of the snippet's can leave half-way.
    ATOMIC = 4096

    def initialize
      # High, so that a snippet's own first file is 3, as in any program. Both are closed on exec.
      @requests, @replies = [[3, "rb"], [4, "wb"]].map do |fd, mode|
        low = IO.for_fd(fd, mode)
        high = IO.for_fd(low.fcntl(Fcntl::F_DUPFD, HIGH), mode)
        high.close_on_exec = true
        low.close
        high
      end
      @replies.sync = true
      @lock = Mutex.new
      @home = Process.pid
    end

    # Whether this process is the worker itself and not a child that a snippet forked.
    def home?
      Process.pid == @home
    end

    # The next request, or nil at their end.
    def receive
      line = @requests.gets("\n") or return nil
      kind, *words = line.chomp.split(" ")
      request = Request.new(kind, {}, {})
      sizes = []
      words.each do |word|
        if (part = word.match(/\A(.*):(\d+)\z/))
          sizes << [part[1], part[2].to_i]
        else
          key, value = word.split("=", 2)
          request.attributes[key] = value
        end
      end
      sizes.each { |name, size| request.parts[name] = size.zero? ? +"" : @requests.read(size) }
      request
    end

    # One frame; parts are pairs of name and text or bytes. What was printed before comes first.
    def send(kind, attributes = {}, parts = [])
      return unless home?
      Wire.flush
      bodies = parts.map { |name, body| [name, body.to_s.b] }
      head = [kind, *attributes.map { |key, value| "#{key}=#{value}" }, *bodies.map { |name, body| "#{name}:#{body.bytesize}" }]
      frame = head.join(" ").b << "\n"
      bodies.each { |_, body| frame << body }
      Thread.handle_interrupt(Exception => :never) { deliver(frame) }
    end

    def self.flush
      [STDOUT, STDERR, $stdout, $stderr].uniq.each do |io|
        io.flush if io.respond_to?(:flush) && !(io.is_a?(IO) && io.closed?)
      rescue IOError, SystemCallError
        next # whoever no longer reads misses nothing
      end
    end

    private

    def deliver(frame)
      work = -> { @lock.synchronize { @replies.write(frame) } }
      frame.bytesize > ATOMIC ? Thread.new(&work).join : work.call
    rescue Errno::EPIPE
      exit!(0) # the daemon is gone
    end
  end
end

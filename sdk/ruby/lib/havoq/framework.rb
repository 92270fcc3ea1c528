# frozen_string_literal: true

require "json"
require "socket"
require_relative "handling"
require_relative "records"

# What a framework's own processes use: havoq starts the framework's worker with HAVOQ_WORKER, the path of a folder.
# `worker.json` in it says what the run is, `control` holds t0 and the time that `slow: worker` adds, and
# `events.ndjson` takes what havoq should hear. Records go to a file of each process.
module Havoq
  MARKER = %r{havoq:([A-Za-z0-9+/]+={0,2})\.}.freeze

  # A payload as a text that is found again in whatever a serializer makes of it.
  def self.marked(payload)
    "havoq:#{[payload].pack('m0')}."
  end

  # The payload in a text; nil when there is none.
  def self.unmarked(text)
    found = MARKER.match(text.to_s)
    found && found[1].unpack1("m0")
  end

  # Arguments from a template: "{sequence}", "{producer}" and "{key}" stand for those of the message.
  def self.filled(template, payload)
    _, _, _, producer, _, sequence, _, key, = payload.unpack(Payload::HEADER)
    fill(template, { "{sequence}" => sequence, "{producer}" => producer, "{key}" => key })
  end

  def self.fill(value, values)
    case value
    when String then values.fetch(value) { values.reduce(value) { |text, (name, each)| text.gsub(name, each.to_s) } }
    when Array then value.map { |each| fill(each, values) }
    when Hash then value.transform_values { |each| fill(each, values) }
    else value
    end
  end
  private_class_method :fill

  # A handler of havoq's own application that fails because the scenario says so.
  class HandlerFailed < StandardError; end

  # One delivery of one message to a handler.
  class Attempt
    def initialize(session, message, delivered_ns)
      @session = session
      @message = message
      @delivered_ns = delivered_ns
    end

    # What havoq's own handler does: takes its time, and fails when it is to.
    def handle
      return if stray?

      sleep(@session.handling.draw_s + @session.slow_by_s)
      raise HandlerFailed, "the scenario lets this handler fail" if @session.handling.fails?(@message)
    end

    # Writes down how the handler ended ("completed" or "failed"); to be called before the broker hears of it.
    def ended(outcome)
      return if stray?

      @session.records.handled(outcome, @message, @delivered_ns)
      @session.stand_still(outcome, @message.sequence)
    end

    private

    def stray?
      @message.is_a?(String)
    end
  end

  # A delivery whose handler is in another process, at the other end of a socket: for the conformance suite.
  class BridgedAttempt
    def initialize(path, payload, redelivered)
      @socket = UNIXSocket.new(path)
      say({ payload: [payload].pack("m0"), redelivered: redelivered })
    end

    def handle
      line = @socket.gets
      return if line && JSON.parse(line)["outcome"] == "completed"

      raise HandlerFailed, "the handler failed"
    end

    def ended(outcome)
      say({ ended: outcome })
      @socket.close
    end

    private

    def say(message)
      @socket.write("#{JSON.generate(message)}\n")
    end
  end

  # This process's part in a run. Thread-safe; for a framework whose worker is one process.
  class Session
    EPOCH_LOOK_S = 0.005
    LONGEST_TEXT = 300
    CONTROL = "Q<E"
    CONTROL_BYTES = 16

    attr_reader :configure, :records, :handling

    def initialize(folder)
      @folder = folder
      @configure = JSON.parse(File.read(File.join(folder, "worker.json")))
      @tag = Payload.run_tag(@configure["runId"])
      @bridge = @configure["bridge"]
      @control = File.open(File.join(folder, "control"), "rb")
      @stop_after = ENV["HAVOQ_STOP_AFTER"]
      @lock = Mutex.new
    end

    # `target.options`.
    def options
      @configure["options"]
    end

    # What the workers of the run are to do.
    def worker
      @configure["worker"]
    end

    # What `slow: worker` adds to every handling time.
    def slow_by_s
      control[1] / 1000.0
    end

    # Writes a delivery down; to be called before its handler begins.
    def started(payload, redelivered)
      return BridgedAttempt.new(@bridge, payload, redelivered) if @bridge

      @lock.synchronize { open_records } if @handling.nil?
      message = Payload.open(payload, @tag)
      return Attempt.new(self, message, @records.started(message, redelivered)) unless message.is_a?(String)

      @records.stray(message)
      Attempt.new(self, message, 0)
    end

    # For a test: HAVOQ_STOP_AFTER=completed:7 stops a first worker for ever before the framework acks message 7.
    def stand_still(outcome, sequence)
      sleep if @stop_after == "#{outcome}:#{sequence}" && @configure["incarnation"].zero?
    end

    # Tells havoq that the worker takes messages.
    def ready
      tell({ type: "ready" })
    end

    # Tells havoq of an error that belongs to no single message.
    def client_error(text)
      at_ns = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
      line = text.to_s.strip.lines.first.to_s.chomp.scrub[0, LONGEST_TEXT]
      tell({ type: "clientError", atMonotonicNs: at_ns.to_s, text: line })
    end

    private

    def open_records
      return if @handling

      path = worker["recordFile"].delete_suffix(".hvr")
      @records = RecordFile.new("#{path}~#{Process.pid}.hvr", @configure, await_epoch)
      @handling = Handling.new(@configure, Process.pid)
    end

    def control
      @control.pread(CONTROL_BYTES, 0).unpack(CONTROL)
    end

    # A worker that replaces another one may be given messages before it is told of t0.
    def await_epoch
      loop do
        epoch_ns = control[0]
        return epoch_ns unless epoch_ns.zero?

        sleep EPOCH_LOOK_S
      end
    end

    def tell(message)
      path = File.join(@folder, "events.ndjson")
      File.open(path, File::WRONLY | File::APPEND | File::CREAT, 0o600) do |file|
        file.syswrite("#{JSON.generate(message)}\n")
      end
    end
  end
end

# frozen_string_literal: true

require "json"
require_relative "handling"
require_relative "records"

# The control side of a worker agent: docs/agent-protocol.md. Standard library only.
module Havoq
  # Messages to havoq, over standard output.
  module Say
    LOCK = Mutex.new
    EXIT_FATAL = 3

    module_function

    # Sends one message to havoq.
    def say(message)
      LOCK.synchronize do
        line = "#{JSON.generate(message)}\n".b
        line = line.byteslice($stdout.syswrite(line)..) until line.empty?
      end
    end

    # The first line of an error, for a report.
    def describe(error)
      (error.message.lines.first || error.class.name).chomp.scrub[0, 200]
    end

    # Tells why this process can't go on, and ends it.
    def fatal(error)
      warn error.full_message(highlight: false)
      number = [error, error.cause].find { |each| each.is_a?(SystemCallError) }
      code = number ? { code: number.class.name.delete_prefix("Errno::") } : {}
      say({ type: "fatal", text: describe(error), **code })
      exit!(EXIT_FATAL)
    end
  end

  # Handles deliveries: writes each down before it is handled, and its end before it is settled. Thread-safe.
  class Handler
    attr_reader :records
    attr_writer :slow_by_s

    def initialize(configure, epoch_ns, report)
      @records = RecordFile.new(configure["worker"]["recordFile"], configure, epoch_ns)
      @handling = Handling.new(configure)
      @tag = Payload.run_tag(configure["runId"])
      @report = report
      @slow_by_s = 0.0
      @blocked_until_s = 0.0
    end

    # No handler gets anywhere for this long, as if the process computed.
    def block(for_s)
      @blocked_until_s = clock_s + for_s
    end

    # Handles one delivery and settles it; `settle` is given "completed" or "failed" and may raise. `handle` is the
    # user's own handler, which fails by raising; without one the delivery takes as long as the scenario says.
    def deliver(payload, settle, handle = nil)
      wait_while_blocked
      message = Payload.open(payload, @tag)
      return stray(message, settle) if message.is_a?(String)

      delivered_ns = @records.started(message, nil)
      raised = handle && call(handle)
      sleep(@slow_by_s + (handle ? 0 : @handling.draw_s))
      wait_while_blocked
      outcome = raised || @handling.fails?(message) ? "failed" : "completed"
      @records.handled(outcome, message)
      @records.settled(message, delivered_ns) if settled?(settle, outcome)
    end

    private

    def clock_s
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end

    def wait_while_blocked
      while (left_s = @blocked_until_s - clock_s).positive?
        sleep left_s
      end
    end

    def stray(kind, settle)
      @records.stray(kind)
      settled?(settle, "completed")
    end

    def call(handle)
      handle.call
      nil
    rescue StandardError => e
      warn e.full_message(highlight: false)
      e
    end

    def settled?(settle, outcome)
      settle.call(outcome)
      true
    rescue StandardError => e
      @report.call(e)
      false
    end
  end

  # Obeys havoq's messages, one after the other. `make_worker` is given the configuration and a way to report errors,
  # and answers with an object that has `start(handler)` and `stop`, which returns when all ended.
  class Agent
    PROTOCOL_VERSION = 2
    STATS_INTERVAL_S = 0.5

    def self.run(&make_worker)
      Signal.trap("INT", "IGNORE")
      Thread.report_on_exception = false
      new(make_worker).listen
    end

    def initialize(make_worker)
      @make_worker = make_worker
      @orders = Queue.new
    end

    # Until standard input ends: with havoq, however havoq ended.
    def listen
      # As a deployment asks: what runs is ended first.
      Signal.trap("TERM") { @orders << { "type" => "stop" } }
      Say.say({ type: "hello", protocol: PROTOCOL_VERSION, obeys: %w[slow block] })
      Agent.thread { loop { obey(@orders.pop) } }
      $stdin.each_line { |line| @orders << JSON.parse(line) }
      exit!(0)
    end

    # A thread whose failure is that of the process.
    def self.thread
      Thread.new do
        yield
      rescue Exception => e # rubocop:disable Lint/RescueException
        Say.fatal(e)
      end
    end

    private

    def obey(message)
      case message["type"]
      when "configure" then configure(message)
      when "start" then start(Integer(message["epochNs"], 10))
      when "slow" then slow(message["byMs"] / 1000.0)
      when "block" then block(message["forMs"] / 1000.0)
      when "stop" then stop
      end
    end

    def configure(message)
      @configure = message
      @worker = @make_worker.call(message, method(:report))
      Say.say({ type: "ready" })
    end

    def start(epoch_ns)
      @handler = Handler.new(@configure, epoch_ns, method(:report))
      @worker.start(@handler)
      Agent.thread do
        loop do
          sleep STATS_INTERVAL_S
          Say.say({ type: "stats", **@handler.records.stats })
        end
      end
    end

    def slow(by_s)
      @handler&.slow_by_s = by_s
      Say.say({ type: "obeyed", fault: "slow" })
    end

    def block(for_s)
      @handler&.block(for_s)
      Say.say({ type: "obeyed", fault: "block" })
      Agent.thread do
        sleep for_s
        Say.say({ type: "obeyed", fault: "block" })
      end
    end

    def stop
      @worker&.stop
      Say.say({ type: "bye", **(@handler ? @handler.records.stats : {}) })
      exit!(0)
    end

    def report(error)
      Say.say({ type: "clientError", atNs: @handler ? @handler.records.now_ns : 0, text: Say.describe(error) })
    end
  end
end

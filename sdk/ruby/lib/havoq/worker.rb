# frozen_string_literal: true

require_relative "agent"

# A worker of one's own in a few lines: docs/agent-protocol.md.
module Havoq
  # What a worker is told of the run that it is a part of. Connect to `host` and `port`, which may be havoq's proxy;
  # `url` has only user, password and database.
  class Run
    attr_reader :id, :driver, :options, :worker_id, :concurrency, :host, :port, :url

    def initialize(configure)
      @id, @driver, @options = configure.values_at("runId", "driver", "options")
      @worker_id, @concurrency, endpoint = configure["worker"].values_at("workerId", "concurrency", "endpoint")
      @host, @port, @url = endpoint.values_at("host", "port", "url")
      @stopping = false
    end

    # Whether to take no more messages.
    def stopping?
      @stopping
    end

    # Lets `take` end.
    def stop
      @stopping = true
    end
  end

  # Takes in a thread for each handler.
  class Worker
    RETRY_S = 0.1

    def initialize(run, report, take, handle, settle)
      @run = run
      @report = report
      @take = take
      @handle = handle
      @settle = settle
      @threads = []
    end

    def start(handler)
      @threads = Array.new(@run.concurrency) { Agent.thread { take_all(handler) } }
    end

    def stop
      @run.stop
      @threads.each(&:join)
    end

    private

    def take_all(handler)
      until @run.stopping?
        begin
          @take.call(@run) { |payload, delivery| deliver(handler, payload, delivery) }
        rescue StandardError => e
          # Such as a broker that is down: reported once, and tried again.
          @report.call(e)
          sleep RETRY_S
        end
      end
    end

    def deliver(handler, payload, delivery)
      settle = ->(outcome) { @settle&.call(delivery || payload, outcome) }
      handler.deliver(payload, settle, @handle && -> { @handle.call(payload) })
    end
  end

  # Runs a worker until havoq stops it. `take` is given the run and a block to which it yields payloads, or payloads and
  # whatever `settle` needs to find the delivery again, until `run.stopping?`; it is called in each of `run.concurrency`
  # threads. `handle` is given a payload and fails by raising (without it, a message takes as long as the scenario
  # says); `settle` is given the delivery and "completed" or "failed", and tells the broker.
  def self.worker(take:, handle: nil, settle: nil)
    Agent.run { |configure, report| Worker.new(Run.new(configure), report, take, handle, settle) }
  end
end

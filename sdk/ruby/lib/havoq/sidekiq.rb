# frozen_string_literal: true

require "sidekiq"
require "uri"
require_relative "framework"

# Sidekiq under test: `sidekiq -r havoq/sidekiq.rb` loads the user's application (`options.app`) as it is, or has
# havoq's own job. The message travels in a key of the job's hash. The records come from a server middleware, the
# innermost one: `completed` is written before Sidekiq is done with the job, `failed` before JobRetry, which is around
# the whole chain, puts it into the retry set or the dead set.
module Havoq
  KEY = "havoq"

  # havoq's own job: does what the scenario says of handlers.
  class Job
    include ::Sidekiq::Worker

    def perform
      Thread.current[:havoq_attempt]&.handle
    end

    # Takes what the scenario says of retries.
    def self.configure(options)
      sidekiq_options retry: options["retries"], dead: options["deadSet"]
      delay_ms = options["retryDelay"]
      sidekiq_retry_in { delay_ms / 1000 } if delay_ms
    end
  end

  # Writes down what the worker's handlers do.
  class Middleware
    def initialize(session)
      @session = session
    end

    # Around `perform`.
    def call(_worker, job, _queue, &handler)
      payload = Havoq.unmarked(job[KEY])
      return yield if payload.nil?

      # Nothing in Redis tells of a job that was pushed back by a worker that ended.
      attempt = @session.started(payload, job.key?("retry_count") ? true : nil)
      record(attempt, &handler)
    end

    private

    def record(attempt)
      Thread.current[:havoq_attempt] = attempt
      result = yield
      attempt.ended("completed")
      result
    rescue Exception => e # rubocop:disable Lint/RescueException
      attempt.ended("failed") unless shutdown?(e)
      raise
    ensure
      Thread.current[:havoq_attempt] = nil
    end

    # Whether a handler was ended from outside, at the end of `-t`: Sidekiq has pushed its job back.
    def shutdown?(error, depth = 0)
      return false if error.nil? || depth > 10

      error.is_a?(::Sidekiq::Shutdown) || shutdown?(error.cause, depth + 1)
    end
  end

  # Reports what Sidekiq logs as an error, which is how it tells of lost connections; a job's own failure is a warning.
  module Reports
    attr_accessor :havoq_session

    # As Logger#add.
    def add(severity, message = nil, progname = nil, &block)
      if severity && severity >= ::Logger::ERROR
        havoq_session.client_error((message || (block ? block.call : progname)).to_s)
      end
      super
    end
  end

  module_function

  # The address of the broker; user, password and database are those of the url that the user gave.
  def redis_url(endpoint)
    given = URI.parse(endpoint["url"] || "redis://unknown")
    login = given.userinfo ? "#{given.userinfo}@" : ""
    "#{given.scheme}://#{login}#{endpoint['host']}:#{endpoint['port']}#{given.path}"
  end

  # Loads the application under test, and points Sidekiq to the run's Redis.
  def load_application(options, endpoint)
    if options["app"]
      require options["app"]
    else
      ::Sidekiq.logger.level = ::Logger::WARN
      Job.configure(options)
    end
    ::Sidekiq.configure_server { |server| server.redis = { url: redis_url(endpoint) } }
    ::Sidekiq.configure_client { |client| client.redis = { url: redis_url(endpoint) } }
  end

  # Sends each message with Sidekiq::Client.push.
  def enqueuer(config)
    options = config["options"]
    load_application(options, config["endpoint"])
    job = { "class" => options["task"] ? Object.const_get(options["task"]) : Job, "queue" => config["runId"] }
    lambda do |payload|
      args = Havoq.filled(options["args"], payload)
      ::Sidekiq::Client.push(job.merge("args" => args, KEY => Havoq.marked(payload)))
    end
  end

  # What a worker of the run is.
  def serve(session)
    load_application(session.options, session.worker["endpoint"])
    interval_ms = session.options["pollInterval"]
    ::Sidekiq.configure_server do |server|
      # Since 6.5 the configuration itself is what `options` was.
      settings = server.respond_to?(:options) ? server.options : server
      settings[:poll_interval_average] = interval_ms / 1000.0 if interval_ms
      server.server_middleware { |chain| chain.add Middleware, session }
      server.on(:startup) { session.ready }
    end
    ::Sidekiq.logger.extend(Reports)
    ::Sidekiq.logger.havoq_session = session
  end
end

Havoq.serve(Havoq::Session.new(ENV.fetch("HAVOQ_WORKER"))) if ENV.key?("HAVOQ_WORKER") && Sidekiq.server?

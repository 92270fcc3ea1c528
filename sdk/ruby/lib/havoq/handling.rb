# frozen_string_literal: true

require_relative "records"

module Havoq
  # Handling times and failures as a scenario gives them (`workers.handle`, `workers.fail`); `place` tells this process
  # from others of its run. Thread-safe.
  class Handling
    # Draws one handling time; configured in milliseconds, answered in seconds, never negative.
    def self.draw_s(handle, rng)
      case handle["kind"]
      when "constant" then handle["value"] / 1000.0
      when "uniform" then (handle["min"] + ((handle["max"] - handle["min"]) * rng.rand)) / 1000.0
      when "exponential" then -Math.log(1 - rng.rand) * handle["mean"] / 1000.0
      when "normal" then [0.0, handle["mean"] + (handle["deviation"] * normal(rng))].max / 1000.0
      else raise ArgumentError, "unknown handling time #{handle['kind']}"
      end
    end

    # A number of the standard normal distribution (Box and Muller).
    def self.normal(rng)
      Math.sqrt(-2 * Math.log(1 - rng.rand)) * Math.cos(2 * Math::PI * rng.rand)
    end

    def initialize(configure, *place)
      worker = configure["worker"]
      @seed = configure["seed"]
      @handle = worker["handle"]
      @fail = worker["fail"]
      @rng = Random.new(Payload.derive_seed(@seed, configure["index"], configure["incarnation"], *place))
      @lock = Mutex.new
    end

    # How long the next handler takes, in seconds.
    def draw_s
      @lock.synchronize { Handling.draw_s(@handle, @rng) }
    end

    # Whether a handler of this message fails now; the same for every worker and attempt where it is poison.
    def fails?(message)
      unit = Payload.hash_to_unit(@seed, message.producer, message.incarnation, message.sequence)
      unit < @fail["poison"] || @lock.synchronize { @rng.rand } < @fail["transient"]
    end
  end
end

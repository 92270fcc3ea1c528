# frozen_string_literal: true

# A worker of one's own in Ruby for the driver redis-list.

require "havoq"
require "redis"

def take(run)
  client = Redis.new(host: run.host, port: run.port)
  until run.stopping?
    _, payload = client.brpop("havoq:#{run.id}", timeout: 1)
    yield payload if payload
  end
end

Havoq.worker(take: method(:take))

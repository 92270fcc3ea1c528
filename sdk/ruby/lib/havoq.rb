# frozen_string_literal: true

# Makes a worker of yours, in Ruby, one that havoq can test: docs/agent-protocol.md.
require_relative "havoq/framework"
require_relative "havoq/worker"

# frozen_string_literal: true

# What havoq's messages are and what a worker writes down, in Ruby: docs/agent-protocol.md.
require_relative "havoq/framework"

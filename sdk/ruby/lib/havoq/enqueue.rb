# frozen_string_literal: true

require "json"

# A producer's other half: `ruby havoq/enqueue.rb <file>` hands messages to a framework's own client. Standard input
# begins with a line of JSON (runId, endpoint, options) and goes on with frames, all little-endian: length of what
# follows (4 bytes), number (4), priority (2, signed, -1 for none), payload. An answer is: number (4), 0 stored, 1
# refused or 2 not known (1), length of a text (2), text. The file defines `Havoq.enqueuer(config)`, which answers with
# a lambda that sends a payload.
module Havoq
  # Hands on message after message.
  module Enqueue
    FRAME = "L<L<s<"
    FRAME_BYTES = 10
    ANSWER = "L<CS<"
    STORED = 0
    REFUSED = 1
    UNKNOWN = 2
    LONGEST_TEXT = 300
    # What Redis answers to the first write of a command, so that it has written nothing.
    REFUSALS = %w[OOM READONLY LOADING MISCONF NOREPLICAS NOAUTH WRONGPASS NOPERM MASTERDOWN].freeze

    module_function

    # Whether an error says that the message was not stored; every other one leaves that open.
    def refusal?(error)
      error.class.name.start_with?("Redis") && REFUSALS.include?(error.message[/\A\w+/])
    end

    # One line of an error, for a report.
    def describe(error)
      text = error.message.lines.first.to_s.chomp
      text.include?(error.class.name) ? text : "#{error.class.name}: #{text}"
    end

    # Sends message after message, and answers each.
    def main(file)
      Signal.trap("INT", "IGNORE")
      answers = $stdout.dup
      answers.binmode
      # What a library prints is none of it.
      $stdout.reopen($stderr)
      $stdin.binmode
      config = JSON.parse(read($stdin.gets))
      require file
      send = Havoq.enqueuer(config)
      answer(answers, 0, STORED, "ready")
      loop { pass_on(send, answers) }
    end

    def pass_on(send, answers)
      length, number, = read($stdin.read(FRAME_BYTES)).unpack(FRAME)
      payload = read($stdin.read(length + 4 - FRAME_BYTES))
      send.call(payload)
      answer(answers, number, STORED)
    rescue StandardError => e
      answer(answers, number, refusal?(e) ? REFUSED : UNKNOWN, describe(e))
    end

    # The pipe ends with the producer, however it ended.
    def read(bytes)
      exit!(0) if bytes.nil?
      bytes
    end

    def answer(answers, number, status, text = "")
      words = text.b.byteslice(0, LONGEST_TEXT)
      answers.syswrite([number, status, words.bytesize].pack(ANSWER) + words)
    end
  end
end

Havoq::Enqueue.main(ARGV.fetch(0)) if $PROGRAM_NAME == __FILE__

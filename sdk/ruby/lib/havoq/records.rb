# frozen_string_literal: true

require "zlib"

# What havoq's messages carry and what a worker writes down: docs/agent-protocol.md, sections Payload and Record file.
module Havoq
  # The header of a payload that this run sent.
  Message = Struct.new(:producer, :incarnation, :sequence, :due_ns, :key)

  # The arithmetic of payloads.
  module Payload
    HEADER = "S<S<L<S<S<L<Q<L<L<"
    HEADER_BYTES = 32
    MAGIC = 0x5148
    CRC_OFFSET = 28
    MASK_32 = 0xFFFFFFFF

    module_function

    # Short form of a run's id, as payloads and record files carry it.
    def run_tag(run_id)
      Zlib.crc32(run_id)
    end

    # CRC-32 of a payload with the CRC's own four bytes taken as zero.
    def crc(payload)
      head = Zlib.crc32("\0\0\0\0", Zlib.crc32(payload.byteslice(0, CRC_OFFSET)))
      Zlib.crc32(payload.byteslice(HEADER_BYTES..), head)
    end

    # The header of a payload, or "corrupt" when its CRC is off, or "foreign" when another run sent it.
    def open(payload, tag)
      return "corrupt" if payload.bytesize < HEADER_BYTES

      magic, _, sent_tag, producer, incarnation, sequence, due_ns, key, crc = payload.unpack(HEADER)
      return "corrupt" if magic != MAGIC || crc != crc(payload)

      sent_tag == tag ? Message.new(producer, incarnation, sequence, due_ns, key) : "foreign"
    end

    # A seed for one part of a run (unsigned 32 bits), as deriveSeed of src/stats/random.ts.
    def derive_seed(seed, *place)
      place.reduce(seed & MASK_32) do |value, part|
        value = ((value ^ (part + 0x9E3779B9)) * 0x85EBCA6B) & MASK_32
        value = ((value ^ (value >> 13)) * 0xC2B2AE35) & MASK_32
        value ^ (value >> 16)
      end
    end

    # A number in [0, 1) that is a function of its place alone, as hashToUnit of src/stats/random.ts.
    def hash_to_unit(seed, *place)
      derive_seed(seed, *place) / (2.0**32)
    end
  end

  # A record that could not be written: the end of its process, which no handler may rescue.
  class RecordFailed < Exception; end # rubocop:disable Lint/InheritException

  # Appends a worker's records, one write each; what was written outlives the process in the page cache. Times are read
  # under the lock of the write, so that the file is in the order of its times. Thread-safe.
  class RecordFile
    HEADER = "L<S<CxS<S<L<x16"
    MAGIC = 0x52515648
    VERSION = 1
    ROLE_WORKER = 2
    STARTED = "CCS<L<S<xxL<Q<Q<"
    HANDLED = "CCS<L<S<x6Q<Q<"
    STRAY = "Cx23Q<"
    KIND = { "started" => 3, "completed" => 4, "failed" => 5, "settled" => 6, "corrupt" => 7, "foreign" => 8 }.freeze

    # The file must not exist.
    def initialize(path, configure, epoch_ns)
      @epoch_ns = epoch_ns
      @lock = Mutex.new
      @counts = { "started" => 0, "completed" => 0, "failed" => 0 }
      @recent_ns = []
      @file = File.new(path, File::WRONLY | File::CREAT | File::EXCL | File::APPEND, 0o644)
      @file.binmode
      places = configure.values_at("index", "incarnation")
      append([MAGIC, VERSION, ROLE_WORKER, *places, Payload.run_tag(configure["runId"])].pack(HEADER))
    end

    # Time since the run's epoch.
    def now_ns
      [0, Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - @epoch_ns].max
    end

    # A delivery, before its handler runs; answers with its time.
    def started(message, redelivered)
      flags = if redelivered.nil? then 0 else redelivered ? 3 : 1 end
      locked do
        at_ns = now_ns
        id = [message.producer, message.sequence, message.incarnation, message.key, message.due_ns]
        append([KIND["started"], flags, *id, at_ns].pack(STARTED))
        @counts["started"] += 1
        @recent_ns << (at_ns - message.due_ns)
        at_ns
      end
    end

    # The end of a handler ("completed" or "failed"), before its delivery is settled; with the time of the delivery
    # where no settled record will follow.
    def handled(outcome, message, delivered_ns = 0)
      locked do
        ended(outcome, message, delivered_ns)
        @counts[outcome] += 1
      end
    end

    # A delivery that was settled.
    def settled(message, delivered_ns)
      locked { ended("settled", message, delivered_ns) }
    end

    # A delivery that is no message of this run ("corrupt" or "foreign").
    def stray(kind)
      locked { append([KIND[kind], now_ns].pack(STRAY)) }
    end

    # Counters since the start, and the end-to-end p99 since the last look.
    def stats
      counts, recent_ns = locked do
        taken = [@counts.dup, @recent_ns.sort]
        @recent_ns = []
        taken
      end
      counts["endToEndP99Ns"] = recent_ns[((recent_ns.length * 99) + 99) / 100 - 1] unless recent_ns.empty?
      counts
    end

    private

    # A framework may end a thread from outside: never in the middle of a record.
    def locked(&block)
      Thread.handle_interrupt(Exception => :never) { @lock.synchronize(&block) }
    end

    def ended(kind, message, delivered_ns)
      id = [message.producer, message.sequence, message.incarnation]
      append([KIND[kind], 0, *id, delivered_ns, now_ns].pack(HANDLED))
    end

    def append(record)
      record = record.byteslice(@file.syswrite(record)..) until record.empty?
    rescue SystemCallError => e
      raise RecordFailed, e.message
    end
  end
end

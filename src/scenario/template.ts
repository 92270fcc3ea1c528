const TEMPLATE = `# A havoq scenario: one question, the load, and what breaks while it runs.
# Try it with \`havoq run <this file>\`; change one value with \`--set load.rate=500/s\`.
name: worker-crash
question: Does a crashed worker lose messages, or leave them stuck?

# The system under load. \`havoq drivers\` lists the drivers; each has a README with its options.
target:
  driver: redis-list
  # auto takes the first that this machine has: embedded, local, container; or external, with url.
  host: auto
  # Options of the driver: here, what a crashed worker held is put back by the others. Without it, it would be stuck.
  options: { consume: blmove, reaper: 2s }
  # Settings of the broker:
  # broker: { appendonly: yes }

# What the producers send. Every quantity has its unit.
load:
  rate: 500/s # also 30000/min or 2k/s; closed sends as fast as the window allows
  # rate: { kind: ramp, from: 100/s, to: 1k/s, over: 30s } # also step, spike, sine, trace
  arrivals: even # or poisson: at random, with the rate as its mean
  payload: 1KiB # or sorts of messages: [{ size: 1KiB, weight: 9, entropy: text }, { size: 64KiB }]
  producers: 1
  window: 256 # unconfirmed messages per producer
  confirmTimeout: 10s # an unconfirmed message is indeterminate after this

# What the workers do with each message.
workers:
  processes: 2
  concurrency: 8 # handlers at a time in each process
  handle: exponential(5ms) # also 5ms, uniform(1ms, 10ms), normal(5ms, 1ms)
  fail: 0% # share of the attempts that fail; or { transient: 1%, poison: 0.1% }
  restart: 500ms # when a crashed worker is started again; or never

# How long each part takes. Latencies count from the baseline on.
phases:
  warmup: 2s
  baseline: 10s # undisturbed, to compare the rest with
  chaos: 20s
  recovery: 10s
  drain: auto # then the workers finish; auto waits for the system's own redelivery

# What breaks, and when: after the start of a phase, or after <id>.start or <id>.end of another fault.
faults:
  - id: crash
    at: chaos+2s
    kill: worker
    which: random
    repeat: { times: 3, every: 5s }
  # - { id: stall, at: crash.end+2s, pause: broker, for: 3s }
  # - { id: far, at: chaos, network: producers, latency: 80ms, jitter: 20ms, for: 5s }

# What has to hold; otherwise the run fails. Comparisons are in quotes.
expect:
  lost: 0
  stuck: 0
  phantom: 0
  duplicates: "<= 0.2%" # of the acknowledged messages; up to 8 handlers were at work in each crash
  endToEnd.p99@baseline: "<= 250ms"
  goodput: ">= 400/s"
  endToEnd.max: "<= 10s" # what a crashed worker held comes back after at most twice the reaper's time

seed: 1 # everything random in the run follows from it
runs: 1
`;

/** A commented scenario to start from, as `havoq init` writes it. */
export function initTemplate(): string {
  return TEMPLATE;
}

import * as z from "zod";
import { type Milliseconds, ms } from "../../src/units.js";
import { durationOf, durationText } from "../shared/duration.js";
import { filePath } from "../shared/file-path.js";

const DEFAULT_RETRIES = 25;

/** What `target.options` may say. */
export const sidekiqOptions = z.strictObject({
  gemfile: filePath().describe("your Gemfile, such as ./Gemfile; Sidekiq on PATH when not given"),
  app: filePath().describe("a file of yours that loads your workers, such as ./shop.rb; havoq's own when not given"),
  task: z.string().min(1).optional().describe("the class of yours whose jobs are sent, such as Shop::Charge"),
  args: z
    .array(z.json())
    .default([])
    .describe('its arguments; "{sequence}", "{producer}" and "{key}" stand for those of the message'),
  retries: z
    .union([z.literal(false), z.int().min(0).max(1000)])
    .default(DEFAULT_RETRIES)
    .describe("times that a failed job is tried again before it is dead; false: it is dropped when it fails"),
  retryDelay: durationText({ min: 1000, step: 1000 })
    .optional()
    .describe(
      "time before a failed job is tried again, and up to 9 s a try by chance; Sidekiq's own is 15s at first, and grows",
    ),
  deadSet: z.boolean().default(true).describe("keep jobs whose retries are over as dead"),
  timeout: durationText({ min: 1000, step: 1000 })
    .default("25s")
    .describe("time that handlers have to end when Sidekiq is asked to stop; those that run then are pushed back"),
  pollInterval: durationText({ min: 100, step: 1 })
    .optional()
    .describe("how often a worker looks for jobs to be tried again; Sidekiq's own is 5s a worker, after 10s to 15s"),
});

/** Checked options. */
export type SidekiqOptions = z.infer<typeof sidekiqOptions>;

/** Options as the SDK wants them. */
export function programOptions({ retryDelay, pollInterval, ...rest }: SidekiqOptions): Record<string, unknown> {
  return {
    ...rest,
    retryDelay: retryDelay === undefined ? null : durationOf(retryDelay),
    pollInterval: pollInterval === undefined ? null : durationOf(pollInterval),
  };
}

/** Whether a job that fails is run again; your own class says so itself. */
export const triesAgain = ({ app, retries }: SidekiqOptions): boolean =>
  app !== undefined || (retries !== false && retries > 0);

const PUSHED_BACK_MS = 5000;
const FIRST_DELAY_MS = 15_000;
const JITTER_MS = 9000;
/** Ten to fifteen seconds at its start, and some workers. */
const POLL_MS = 20_000;

/** The longest wait of a job for its first retry; the later ones take days. */
export function firstRetry(options: SidekiqOptions): Milliseconds {
  const { retryDelay, pollInterval } = options;
  if (!triesAgain(options)) return ms(PUSHED_BACK_MS);
  const delay = retryDelay === undefined ? FIRST_DELAY_MS : durationOf(retryDelay);
  return ms(
    delay + JITTER_MS + (pollInterval === undefined ? POLL_MS : PUSHED_BACK_MS + 1.5 * durationOf(pollInterval)),
  );
}

/** Options that can't go together, for a person. */
export function conflictsOf({ app, task, args, retries, retryDelay, deadSet }: SidekiqOptions): string[] {
  const own = retries !== DEFAULT_RETRIES || retryDelay !== undefined || !deadSet;
  return [
    ...(app !== undefined && task === undefined ? ["app needs task: the class of yours whose jobs are sent"] : []),
    ...(app === undefined && task !== undefined ? ["task goes with app: the file that loads it"] : []),
    ...(app === undefined && args.length > 0 ? ["args go with app and task: havoq's own job has none"] : []),
    ...(app !== undefined && own ? ["retries, retryDelay and deadSet are your class's to say where app is given"] : []),
  ];
}

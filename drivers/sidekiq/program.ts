import { packageFile } from "../../src/package.js";
import type { ConsumerContext, DriverContext } from "../../src/spi/driver.js";
import type { Program } from "../../src/spi/framework.js";
import { durationOf } from "../shared/duration.js";
import { Enqueuer } from "../shared/framework/enqueuer.js";
import { type RubyFramework, rubyCommands, rubyEnvironment } from "../shared/framework/ruby.js";
import { programOptions, type SidekiqOptions } from "./options.js";

/** Sidekiq as Debian has it, or the user's own. */
export const SIDEKIQ: RubyFramework = {
  name: "sidekiq",
  homeVariable: "HAVOQ_SIDEKIQ_HOME",
  hint: "apt-get install ruby-sidekiq",
};

const sdk = (name: string): string => packageFile(`sdk/ruby/lib/havoq/${name}.rb`);

/** `sidekiq` on the run's queue. */
export async function sidekiqProgram(context: ConsumerContext<SidekiqOptions>): Promise<Program> {
  const { options, runId, concurrency } = context;
  const { framework } = await rubyCommands(SIDEKIQ, options);
  const seconds = String(durationOf(options.timeout) / 1000);
  return {
    command: [...framework, "-r", sdk("sidekiq"), "-q", runId, "-c", String(concurrency), "-t", seconds],
    env: rubyEnvironment(options),
    stopSignal: "SIGTERM",
    options: programOptions(options),
  };
}

/** `Sidekiq::Client.push` in a process of its own. */
export async function sidekiqProducer(context: DriverContext<SidekiqOptions>): Promise<Enqueuer> {
  const { options, runId, endpoint } = context;
  const { ruby } = await rubyCommands(SIDEKIQ, options);
  return Enqueuer.start({
    command: [...ruby, sdk("enqueue"), sdk("sidekiq")],
    env: rubyEnvironment(options),
    config: { runId, endpoint, options: programOptions(options) },
    level: "broker",
  });
}

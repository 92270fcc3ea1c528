import { createHistogram } from "node:perf_hooks";
import { drawHandlingTime } from "../load/handling.js";
import { openPayload, type PayloadHeader, runTag } from "../payload-header.js";
import type { Consumer, Delivery } from "../spi/driver.js";
import { deriveSeed, hashToUnit, seededRandom } from "../stats/random.js";
import { sleep } from "../time.js";
import type { PartHost } from "./producer-part.js";
import type { AgentStats, ConfigureMessage, WorkerConfig } from "./protocol.js";
import { RecordWriter } from "./record-writer.js";

/** Longest latency that the progress line tells apart: two hours. */
const LONGEST_NS = 7.2e12;

/** What the consuming half is made of. */
export interface WorkerParts {
  readonly configure: ConfigureMessage;
  readonly config: WorkerConfig;
  readonly consumer: Consumer;
  readonly host: PartHost;
  onClientError(error: unknown): void;
}

/** The consuming half of an agent: writes down each delivery before it is handled, and its end before it is settled. */
export class WorkerPart {
  /** Added to every handling time by a `slow` fault. */
  slowByMs = 0;
  private readonly writer: RecordWriter;
  private readonly random: () => number;
  private readonly tag: number;
  private readonly counts = { started: 0, completed: 0, failed: 0 };
  /** Node's own histogram: loading the one of the reports would take longer than all else that a worker needs. */
  private readonly recent = createHistogram({ highest: LONGEST_NS, figures: 2 });

  constructor(private readonly parts: WorkerParts) {
    const { configure, config, host } = parts;
    const { index, incarnation, runId, seed } = configure;
    this.tag = runTag(runId);
    this.random = seededRandom(deriveSeed(seed, index, incarnation));
    this.writer = new RecordWriter({
      path: config.recordFile,
      header: { role: "worker", index, incarnation, runTag: this.tag },
      ...(config.segmentBytes === undefined ? {} : { segmentBytes: config.segmentBytes }),
      onError: (error) => host.fatal(error),
    });
  }

  /** Counters, and the end-to-end p99 since the last look. */
  get stats(): AgentStats {
    const endToEndP99Ns = this.recent.count > 0 ? this.recent.percentile(99) : undefined;
    this.recent.reset();
    return { ...this.counts, ...(endToEndP99Ns === undefined ? {} : { endToEndP99Ns }) };
  }

  /** Handles one delivery; resolves when it is settled, and never throws. */
  readonly deliver = async (delivery: Delivery): Promise<void> => {
    const atNs = this.parts.host.clock();
    const header = openPayload(delivery.payload, this.tag);
    if (typeof header === "string") {
      this.writer.pack.stray(header, atNs);
      await this.writer.flushed();
      await this.settle(delivery, "completed");
      return;
    }
    this.counts.started += 1;
    this.recent.record(Math.min(Math.max(1, Math.round(atNs - header.dueNs)), LONGEST_NS));
    // Spelled out: a spread here costs a third of the agent's CPU for a message.
    const { producer, incarnation, sequence, key, dueNs } = header;
    this.writer.pack.started({ producer, incarnation, sequence, key, dueNs, redelivered: delivery.redelivered, atNs });
    const outcome = await this.handle(header, delivery);
    this.counts[outcome] += 1;
    this.writer.pack.handled(outcome, header, this.parts.host.clock());
    await this.writer.flushed();
    if (!(await this.settle(delivery, outcome))) return;
    this.writer.pack.settled(header, atNs, this.parts.host.clock());
    void this.writer.flushed();
  };

  /** Takes no more messages, lets the handlers end, and closes the record file. */
  async stop(): Promise<void> {
    await this.parts.consumer.stop();
    this.writer.close();
    await this.parts.consumer.close();
  }

  private async handle(header: PayloadHeader, delivery: Delivery): Promise<"completed" | "failed"> {
    const own = delivery.handle !== undefined;
    const handlingMs = (own ? 0 : drawHandlingTime(this.parts.config.handle, this.random)) + this.slowByMs;
    if (handlingMs > 0 || own) await this.writer.flushed();
    const threw = own && (await this.threw(delivery));
    if (handlingMs > 0) await sleep(handlingMs);
    return threw || this.fails(header) ? "failed" : "completed";
  }

  private async threw(delivery: Delivery): Promise<boolean> {
    try {
      await delivery.handle?.();
      return false;
    } catch (error) {
      console.error(error);
      return true;
    }
  }

  private fails({ producer, incarnation, sequence }: PayloadHeader): boolean {
    const { transient, poison } = this.parts.config.fail;
    // The same for every worker and attempt: what is poison stays poison.
    if (poison > 0 && hashToUnit(this.parts.configure.seed, producer, incarnation, sequence) < poison) return true;
    return transient > 0 && this.random() < transient;
  }

  private async settle(delivery: Delivery, outcome: "completed" | "failed"): Promise<boolean> {
    try {
      await delivery.settle(outcome);
      return true;
    } catch (error) {
      this.parts.onClientError(error);
      return false;
    }
  }
}

import type { ConsumerContext, Deliver } from "../../src/spi/driver.js";
import { durationOf } from "../shared/duration.js";
import { endOffsets, type Offsets } from "./cluster.js";
import { Committer, type CommitterRequest } from "./committer.js";
import { textOf } from "./errors.js";
import { type KafkaOptions, topicOf } from "./options.js";
import { Ownership } from "./ownership.js";
import { Progress } from "./progress.js";

/** One message as it was fetched. */
export interface Fetched {
  readonly partition: number;
  readonly offset: number;
  readonly value: Buffer;
}

/** How a handling ended: `open` when nobody settled it. */
export type Ended = "completed" | "failed" | "open";

/** What both client libraries share: deliveries, what may be committed, and when. */
export class Handling {
  readonly ownership: Ownership;
  private readonly committer: Committer;
  private readonly progress = new Map<number, Progress>();
  /** Resolves when it is known which of the messages to come are first deliveries, as far as the last join told. */
  known: Promise<void> = Promise.resolve();
  private member = "";

  constructor(
    private readonly context: ConsumerContext<KafkaOptions>,
    private readonly deliver: Deliver,
    private readonly commits: Pick<CommitterRequest, "commit" | "isStale">,
  ) {
    const { commitInterval, sessionTimeout } = context.options;
    this.ownership = new Ownership(durationOf(sessionTimeout));
    this.committer = new Committer({
      ...commits,
      intervalMs: commitInterval === undefined ? 0 : durationOf(commitInterval),
      onError: (error) => context.onClientError(new Error(textOf(error), { cause: error })),
    });
  }

  /** The consumer has joined the group (again) and is to read these partitions. */
  joined(member: string, partitions: readonly number[]): void {
    const { endpoint, runId, options } = this.context;
    const owned = new Set(partitions);
    this.committer.forget();
    for (const [partition, { position }] of this.progress) {
      if (!owned.has(partition) || member !== this.member) this.progress.delete(partition);
      else if (position !== null && options.commit === "after") this.committer.want(partition, position);
    }
    this.member = member;
    const ends = () => endOffsets(endpoint, topicOf(runId), options.partitions);
    this.known = this.ownership
      .joined(member, partitions, ends)
      .catch((error: unknown) => this.context.onClientError(error));
  }

  /** Handles one message; rejects when it had to be committed first and could not be. */
  async handle(fetched: Fetched): Promise<Ended> {
    const { partition, offset } = fetched;
    if (this.context.options.commit === "before") await this.commitNow(new Map([[partition, offset + 1]]));
    return this.handleOnly(fetched);
  }

  /** Handles one message, of which a commit before it (if any) was made already. */
  async handleOnly({ partition, offset, value }: Fetched): Promise<Ended> {
    const { commit, onFail } = this.context.options;
    const progress = this.progressOf(partition);
    progress.begin(offset);
    let ended: Ended = "open";
    await this.deliver({
      payload: value,
      redelivered: this.ownership.redelivered(partition, offset),
      settle: async (outcome) => {
        ended = outcome;
        if (outcome === "failed" && onFail === "retry") return;
        const position = progress.finish(offset);
        if (position === null || commit !== "after" || this.progress.get(partition) !== progress) return;
        this.committer.want(partition, position);
      },
    });
    return ended;
  }

  /** Keeps a group that has committed nothing yet where it began, which another time would be somewhere else. */
  beginAt(partition: number, offset: number): void {
    if (this.context.options.commit === "auto" || this.passed(partition) !== null) return;
    this.committer.want(partition, offset);
  }

  /** The offset before which everything of a partition is done with; `null` when nothing of it was delivered. */
  passed(partition: number): number | null {
    return this.progress.get(partition)?.position ?? null;
  }

  /** Commits these offsets before anything else happens. */
  commitNow(offsets: Offsets): Promise<void> {
    return this.commits.commit(offsets);
  }

  /** Resolves when all that is done with is committed. */
  flush(): Promise<void> {
    return this.committer.flush();
  }

  /** Commits nothing any more. */
  close(): void {
    this.committer.close();
  }

  private progressOf(partition: number): Progress {
    let progress = this.progress.get(partition);
    if (!progress) {
      progress = new Progress();
      this.progress.set(partition, progress);
    }
    return progress;
  }
}

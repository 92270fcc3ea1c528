import type { Offsets } from "./cluster.js";

/**
 * Tells redeliveries from messages that were produced twice, as far as that can be known. An offset that this consumer
 * was given before is a redelivery. Any other is a first delivery for certain only in a partition that was empty when
 * this consumer got it, as long as the group can't have given it to another one: it has kept its member id, and its
 * last heartbeat is younger than the session.
 */
export class Ownership {
  private member = "";
  private partitions: ReadonlySet<number> = new Set();
  private readonly sinceStart = new Set<number>();
  private readonly highest = new Map<number, number>();
  private lastBeatMs = 0;

  constructor(private readonly sessionMs: number) {}

  /** The member has joined the group (again); `ends` looks up the partitions' next offsets. */
  async joined(member: string, partitions: readonly number[], ends: () => Promise<Offsets>): Promise<void> {
    this.beat();
    const kept = this.member === member ? this.partitions : new Set<number>();
    const now = new Set(partitions);
    this.member = member;
    this.partitions = now;
    for (const partition of this.sinceStart) {
      if (!kept.has(partition) || !now.has(partition)) this.sinceStart.delete(partition);
    }
    const gained = partitions.filter((partition) => !kept.has(partition));
    if (gained.length === 0) return;
    const next = await ends();
    if (this.partitions !== now) return;
    for (const partition of gained) if (next.get(partition) === 0) this.sinceStart.add(partition);
  }

  /** The group has heard of this member. */
  beat(): void {
    this.lastBeatMs = performance.now();
  }

  owns(partition: number): boolean {
    return this.partitions.has(partition);
  }

  /** Whether a message that is delivered now was delivered before; `undefined` where nobody can know. */
  redelivered(partition: number, offset: number): boolean | undefined {
    if (offset <= (this.highest.get(partition) ?? -1)) return true;
    this.highest.set(partition, offset);
    const valid = performance.now() - this.lastBeatMs < this.sessionMs;
    return valid && this.sinceStart.has(partition) ? false : undefined;
  }
}

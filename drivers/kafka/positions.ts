/** What a message is to its consumer: the next one, one that it has taken already, or one behind others that never came. */
export type Arrival = "next" | "taken" | "gap";

/** What is known of one partition. */
interface Position {
  /** Where the reading that is under way begins; `null` until the library has said so. */
  start: number | null;
  /** Highest offset taken; -1 for none. */
  taken: number;
}

/**
 * What a member has taken of each partition that it owns, so that nothing is taken twice and nothing is passed over:
 * every reading begins at the group's commit, and goes on offset by offset.
 */
export class Positions {
  private positions = new Map<number, Position>();
  /** Offsets by partition behind which a reading found a gap: where a new reading finds it too, the log has it. */
  private readonly gaps = new Map<number, string>();

  /** The member owns these partitions now; what it has taken counts on only while it is the `same` member. */
  joined(partitions: readonly number[], same: boolean): void {
    const before = this.positions;
    const taken = (partition: number) => (same ? (before.get(partition)?.taken ?? -1) : -1);
    this.positions = new Map(
      partitions.map((partition) => [partition, { start: null, taken: taken(partition) }] as const),
    );
  }

  /** What was taken is to be read again, but for what is done with. */
  forget(): void {
    for (const position of this.positions.values()) Object.assign(position, { start: null, taken: -1 });
  }

  /** A reading of a partition begins here. */
  begin(partition: number, start: number): void {
    const position = this.positions.get(partition);
    if (position) position.start = start;
  }

  /** Whether messages of a partition that wait are still this member's to handle. */
  holds(partition: number): boolean {
    return (this.positions.get(partition)?.taken ?? -1) >= 0;
  }

  /** Notes a message that has come, if it is the next one. */
  take(partition: number, offset: number): Arrival {
    const position = this.positions.get(partition);
    if (!position || offset <= position.taken) return "taken";
    const { start, taken } = position;
    const expected = Math.max(start ?? 0, taken + 1);
    if (start === null || offset > expected) {
      const gap = `${expected} to ${offset}`;
      if (start === null || this.gaps.get(partition) !== gap) {
        this.gaps.set(partition, gap);
        return "gap";
      }
    }
    position.taken = offset;
    return "next";
  }
}

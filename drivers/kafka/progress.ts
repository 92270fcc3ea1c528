/** Which messages of one partition are done with, so that nothing unfinished is ever committed over. */
export class Progress {
  /** Offsets begun and not yet passed, ascending. */
  private open: number[] = [];
  private readonly done = new Set<number>();
  private next: number | null = null;

  /** Everything before this offset is done with; `null` before the first message. */
  get position(): number | null {
    return this.next;
  }

  /** Notes that a message is being handled; one that has been passed, or is open already, changes nothing. */
  begin(offset: number): void {
    this.next ??= offset;
    if (offset < this.next) return;
    const last = this.open.at(-1);
    if (last === undefined || last < offset) this.open.push(offset);
    else if (!this.open.includes(offset)) {
      // The library went back to an earlier offset.
      this.open.push(offset);
      this.open.sort((a, b) => a - b);
    }
  }

  /** Notes that a message is done with; answers with the offset to commit, if it has moved. */
  finish(offset: number): number | null {
    if (this.next === null || offset < this.next) return null;
    this.done.add(offset);
    let passed = 0;
    for (const open of this.open) {
      if (!this.done.delete(open)) break;
      this.next = open + 1;
      passed += 1;
    }
    if (passed === 0) return null;
    this.open.splice(0, passed);
    return this.next;
  }
}

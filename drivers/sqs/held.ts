import { type SqsOptions, sqsHorizon } from "./options.js";
import type { Settler } from "./settler.js";

/** Hidden messages of a consumer; with a heartbeat, they stay hidden for as long as they are held. */
export class Held {
  /** When each message's visibility timeout ends, by its receipt handle. */
  private readonly hiddenUntilMs = new Map<string, number>();
  private readonly visibilityMs: number;
  private readonly beat: NodeJS.Timeout | null;

  constructor(
    options: SqsOptions,
    private readonly settler: Settler,
    private readonly onError: (error: unknown) => void,
  ) {
    this.visibilityMs = sqsHorizon(options);
    this.beat = options.heartbeat ? setInterval(() => void this.extend(), this.visibilityMs / 2) : null;
  }

  /** Notes what a receive brought, and when. */
  add(handle: string, receivedMs: number): void {
    this.hiddenUntilMs.set(handle, receivedMs + this.visibilityMs);
  }

  /** Forgets a message that is handled or given up. */
  remove(handle: string): void {
    this.hiddenUntilMs.delete(handle);
  }

  /** Whether a message may already be with somebody else. */
  isOver(handle: string): boolean {
    return performance.now() >= (this.hiddenUntilMs.get(handle) ?? 0);
  }

  /** Ends the heartbeat. */
  close(): void {
    if (this.beat !== null) clearInterval(this.beat);
  }

  private async extend(): Promise<void> {
    const handles = [...this.hiddenUntilMs.keys()];
    if (handles.length === 0) return;
    const until = performance.now() + this.visibilityMs;
    try {
      const outcomes = await this.settler.hide(handles);
      for (const [index, handle] of handles.entries()) {
        // Settled meanwhile.
        if (!this.hiddenUntilMs.has(handle)) continue;
        const error = outcomes[index];
        if (error) this.onError(error);
        else this.hiddenUntilMs.set(handle, until);
      }
    } catch (error) {
      this.onError(error);
    }
  }
}

/** Resources that are opened one after the other; the standard's `AsyncDisposableStack`, which Node 20 does not have. */
export class ResourceStack implements AsyncDisposable {
  private closes: (() => unknown)[] = [];

  /** Adds a resource and returns it. */
  use<T extends AsyncDisposable | null>(resource: T): T {
    if (resource) this.defer(() => resource[Symbol.asyncDispose]());
    return resource;
  }

  /** Adds something to do at the end. */
  defer(close: () => unknown): void {
    this.closes.push(close);
  }

  /** Hands all of it over to a new stack: what was opened as a whole is somebody else's to close. */
  move(): ResourceStack {
    const moved = new ResourceStack();
    moved.closes = this.closes;
    this.closes = [];
    return moved;
  }

  /** Closes all of them, the last first, whatever one of them throws; throws the first of these failures. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.closes.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** What failed first, where closing what was open failed after it (a `SuppressedError`). */
export function firstFailure(error: unknown): unknown {
  const isLater = error instanceof Error && error.name === "SuppressedError" && "suppressed" in error;
  return isLater ? firstFailure(error.suppressed) : error;
}

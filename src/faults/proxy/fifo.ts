interface Node<T> {
  readonly value: T;
  next: Node<T> | undefined;
}

/** A first-in, first-out queue with constant-time ends: a delay line may hold a million chunks. */
export class Fifo<T> {
  #first: Node<T> | undefined;
  #last: Node<T> | undefined;

  /** The oldest value, left where it is. */
  get first(): T | undefined {
    return this.#first?.value;
  }

  push(value: T): void {
    const node: Node<T> = { value, next: undefined };
    if (this.#last === undefined) this.#first = node;
    else this.#last.next = node;
    this.#last = node;
  }

  /** Puts a value back before the oldest. */
  unshift(value: T): void {
    this.#first = { value, next: this.#first };
    this.#last ??= this.#first;
  }

  shift(): T | undefined {
    const node = this.#first;
    this.#first = node?.next;
    if (this.#first === undefined) this.#last = undefined;
    return node?.value;
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
  }
}

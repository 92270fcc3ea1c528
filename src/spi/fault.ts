/** A fault that was injected. */
export interface Injection {
  /** What was done, for a person: "SIGKILL of worker-2". */
  readonly description: string;
  /** Undoes it and resolves when that is confirmed; `null` when there is nothing to undo. */
  readonly heal: (() => Promise<void>) | null;
  /** What speaks against its having worked, for a person: "the broker still answers". */
  readonly doubt?: string;
}

/** One kind of fault: injects what its spec says and resolves when that is confirmed. */
export type Inject<Spec, Context> = (spec: Spec, context: Context) => Promise<Injection>;

/** The machine can't do what the scenario needs: no broker, no disk, no permission. Exit code 3. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";

  constructor(
    message: string,
    /** What to do about it. */
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

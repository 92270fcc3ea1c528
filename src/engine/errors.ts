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

/** Why a folder for what havoq writes can't be used, such as "the run folder /a can't be written: EACCES...". */
export function unwritable(folder: string, error: unknown): EnvironmentError {
  const why = error instanceof Error ? error.message : String(error);
  return new EnvironmentError(`${folder} can't be written: ${why}`, "choose another with --out");
}

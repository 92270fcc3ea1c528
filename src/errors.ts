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
  const full = codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT";
  const hint = full ? "free space, or choose another folder with --out" : "choose another with --out";
  return new EnvironmentError(`${folder} can't be written: ${why}`, hint, { cause: error });
}

/** Writes something down; throws `EnvironmentError` with the name of its folder when the machine does not let it. */
export function written<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw unwritable(folder, error);
  }
}

/** Such as "ENOSPC", of an error of the operating system. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

import { describeError } from "./error-texts.js";
import type { FromAgent } from "./protocol.js";
import { RefusedError } from "./refused-error.js";

/** Sends one message to havoq. */
export function say(message: FromAgent): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Tells why this process can't go on, and ends it. */
export function fatal(error: unknown): never {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  const hint = error instanceof RefusedError ? error.hint : undefined;
  say({ type: "fatal", text: describeError(error), ...(code && { code }), ...(hint && { hint }) });
  process.exit(3);
}

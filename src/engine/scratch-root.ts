import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { EnvironmentError } from "../errors.js";

/** Where every run of this user keeps what must not outlive it. */
export const scratchRoot = (): string => join(tmpdir(), `havoq-${userInfo().uid}`);

/** Nobody else reads or writes. A server that refuses root runs as another user, and has to pass through to its folder. */
export const privateMode = (): number => (userInfo().uid === 0 ? 0o711 : 0o700);

const READ_OR_WRITE_OF_OTHERS = 0o066;

/** Makes the scratch root where it is missing, and answers with its path; throws `EnvironmentError` when it can't be trusted. */
export function openScratchRoot(): string {
  const path = scratchRoot();
  mkdirSync(dirname(path), { recursive: true });
  try {
    mkdirSync(path, { mode: privateMode() });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const reason = whyUntrusted(path);
  if (reason !== null) throw new EnvironmentError(untrustedSentence(path, reason), HINT);
  return path;
}

const HINT = "remove it, or set TMPDIR to a folder of your own";

/** For a person: that the scratch root is not used, and what to do about it. */
export const untrustedSentence = (path: string, reason: string): string =>
  `havoq's scratch folder ${path} can't be trusted: ${reason}`;

/** Why a folder may hold what somebody else wrote; `null` when it can be trusted, or is not there. */
export function whyUntrusted(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return null;
  if (found.isSymbolicLink()) return "it is a link";
  if (!found.isDirectory()) return "it is no folder";
  if (found.uid !== userInfo().uid) return `it belongs to another user (uid ${found.uid})`;
  if ((found.mode & READ_OR_WRITE_OF_OTHERS) === 0) return null;
  const mode = (found.mode & 0o777).toString(8);
  return `others may read it or write into it (its mode is ${mode}, expected ${privateMode().toString(8)})`;
}

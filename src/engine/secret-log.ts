import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { knownSecrets } from "../secrets/known.js";

/** Longest piece of a line that is kept in memory until its end comes. */
const LONGEST = 1 << 16;

/** Appends what a process says to a file, line by line, with the secrets of this run replaced. */
export function writeWithoutSecrets(said: Readable, file: string): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const write = (text: string) => {
    if (text === "") return;
    try {
      appendFileSync(file, knownSecrets.hide(text));
    } catch {
      // A log that can't be written is not worth the run: what counts is recorded elsewhere, and fails there.
    }
  };
  said.on("data", (chunk: Buffer) => {
    rest += decoder.write(chunk);
    const end = rest.length > LONGEST ? rest.length : rest.lastIndexOf("\n") + 1;
    write(rest.slice(0, end));
    rest = rest.slice(end);
  });
  said.on("end", () => write(rest + decoder.end()));
  said.on("error", () => {});
}

/** Replaces the secrets of this run in a log that was written without havoq in between. */
export function hideSecretsIn(file: string): void {
  if (knownSecrets.isEmpty || !existsSync(file)) return;
  const text = readFileSync(file, "utf8");
  const hidden = knownSecrets.hide(text);
  if (hidden !== text) writeFileSync(file, hidden);
}

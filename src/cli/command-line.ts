import { shownArguments } from "../secrets/places.js";
import { hideInUrls } from "../secrets/urls.js";

const shownWords = (): string[] => shownArguments(process.argv.slice(2)).map(hideInUrls);

/** The command as typed but for secrets, for the record. */
export const commandLine = (): string => ["havoq", ...shownWords()].join(" ");

/** Takes secrets of the command line out of what `ps` shows, where there are any. */
export function hideArguments(): void {
  const shown = shownWords();
  const isSame = shown.every((word, at) => word === process.argv[at + 2]);
  if (!isSame) process.title = ["havoq", ...shown].join(" ");
}

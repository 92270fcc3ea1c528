import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Where a program of a broker is looked for. */
export interface ProgramSearch {
  /** Names of the program, the preferred one first. */
  readonly programs: readonly string[];
  /** Environment variable that names an installation; then only that is looked at. */
  readonly homeVariable: string;
  /** Folders to look at beside PATH. */
  readonly folders?: readonly string[];
  /** Folders to look at before PATH, where that holds a wrapper of the same name. */
  readonly foldersFirst?: readonly string[];
}

/** The path of a program, or a sentence that says where it is not. */
export async function findProgram({
  programs,
  homeVariable,
  folders = [],
  foldersFirst = [],
}: ProgramSearch): Promise<{ readonly path: string } | { readonly reason: string }> {
  const home = process.env[homeVariable];
  const onPath = (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  const searched = home ? [home, join(home, "bin"), join(home, "sbin")] : [...foldersFirst, ...onPath, ...folders];
  for (const program of programs) {
    for (const folder of searched) {
      const path = join(folder, program);
      if (await isExecutable(path)) return { path };
    }
  }
  const place = home ? `in ${homeVariable} (${home})` : "on PATH";
  return { reason: `no ${programs.join(" or ")} ${place}` };
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

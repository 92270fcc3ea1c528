import type { FileHeader } from "./format.js";

/** In the name of a file, where several processes of one agent write one each. */
const OF_ONE_PROCESS = /~\w+(?=\.hvr$)/;

/** The name of an agent's record file, of that of any of its processes: "worker-0.2.hvr" of "worker-0.2~4711.hvr". */
export const agentFileOf = (name: string): string => name.replace(OF_ONE_PROCESS, "");

/** Names the process that wrote a file, as the file itself is named: "worker-0.2". */
export const fileKey = ({ role, index, incarnation }: Pick<FileHeader, "role" | "index" | "incarnation">): string =>
  `${role}-${index}.${incarnation}`;

/** Records of one file. */
export interface FileCount {
  acked: number;
  started: number;
}

/** What each record file shows of acks and deliveries, to be held against what its process counted. */
export class FileCounts {
  private readonly byKey = new Map<string, FileCount>();
  /** A header is one object for all records of a file: no key has to be put together for each record. */
  private readonly byHeader = new Map<FileHeader, FileCount>();

  /** The counts of a file, to be counted up. */
  of(file: FileHeader): FileCount {
    const known = this.byHeader.get(file);
    if (known) return known;
    const key = fileKey(file);
    const count = this.byKey.get(key) ?? { acked: 0, started: 0 };
    this.byKey.set(key, count);
    this.byHeader.set(file, count);
    return count;
  }

  /** The counts of a file by its `fileKey`; `undefined` when it holds no record of either kind. */
  get(key: string): Readonly<FileCount> | undefined {
    return this.byKey.get(key);
  }

  /** Everything as plain data for `restore`. */
  snapshot(): (readonly [string, FileCount])[] {
    return [...this.byKey];
  }

  restore(state: ReturnType<FileCounts["snapshot"]>): void {
    for (const [key, count] of state) this.byKey.set(key, count);
  }
}

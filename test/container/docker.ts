import { execFileSync, spawnSync } from "node:child_process";

/** What `docker` prints, as lines; throws with what it says when it fails. */
export function docker(...args: string[]): string[] {
  const text = execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  return text.split("\n").filter((line) => line !== "");
}

/** Docker Compose: the plugin of `docker`, or the program that came before it; `null` when there is neither. */
export function composeCommand(): readonly [string, ...string[]] | null {
  const commands = [["docker", "compose"], ["docker-compose"]] as const;
  return (
    commands.find(([file, ...args]) => spawnSync(file, [...args, "version"], { stdio: "ignore" }).status === 0) ?? null
  );
}

/** Ids of the containers, volumes and networks that the run of one havoq process made; other tests have theirs meanwhile. */
export function madeBy(pid: number | undefined): string[] {
  const format = (id: string) => [
    "--filter",
    "label=io.havoq.run",
    "--format",
    `{{.${id}}} {{.Label "io.havoq.owner"}}`,
  ];
  return [
    ...docker("ps", "--all", ...format("ID")),
    ...docker("volume", "ls", ...format("Name")),
    ...docker("network", "ls", ...format("ID")),
  ].filter((line) => line.includes(`"pid":${pid},`));
}

import { spawn } from "node:child_process";
import { findProgram } from "./find-program.js";

/** Dependencies of a Maven project that are to be copied into a directory. */
export interface MavenCopy {
  /** Absolute path of a pom.xml; nothing is written beside it. */
  readonly pom: string;
  /** Directory that takes the jar files; made when it is not there. */
  readonly into: string;
  readonly say: (line: string) => void;
}

const PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
const PACKAGES = { java: "default-jre-headless", mvn: "maven" } as const;
const KEPT_LINES = 15;

/** How `java` is found: below JAVA_HOME when that is set, else on PATH. */
export const findJava = () => findProgram({ programs: ["java"], homeVariable: "JAVA_HOME" });

/** The command that installs programs of Debian's archive. */
export const aptGet = (...programs: readonly (keyof typeof PACKAGES)[]): string =>
  `apt-get install ${programs.map((program) => PACKAGES[program]).join(" ")}`;

/** The command that gets a broker of Maven's, and before it what that command needs and this machine lacks. */
export async function installHint(broker: string): Promise<string> {
  const missing = (await findTools()).flatMap(({ name, found }) => ("reason" in found ? [name] : []));
  return missing.length === 0 ? `havoq install ${broker}` : `${aptGet(...missing)} && havoq install ${broker}`;
}

async function findTools() {
  const [java, mvn] = await Promise.all([findJava(), findProgram({ programs: ["mvn"], homeVariable: "MAVEN_HOME" })]);
  return [
    { name: "java", found: java },
    { name: "mvn", found: mvn },
  ] as const;
}

/** Fetches what a pom needs at run time; throws, saying what is missing or what Maven said. */
export async function copyDependencies({ pom, into, say }: MavenCopy): Promise<void> {
  const tools = await findTools();
  const missing = tools.flatMap(({ name, found }) => ("reason" in found ? [{ name, reason: found.reason }] : []));
  const mvn = tools[1].found;
  if (missing.length > 0 || "reason" in mvn) {
    const reasons = missing.map(({ reason }) => reason).join(", and ");
    throw new Error(`${reasons}; get it with: ${aptGet(...missing.map(({ name }) => name))}`);
  }
  say(`Maven fetches what ${pom} names`);
  const args = ["-B", "-q", "-f", pom, PLUGIN, "-DincludeScope=runtime", `-DoutputDirectory=${into}`];
  const { code, output } = await run(mvn.path, args);
  if (code === 0) return;
  throw new Error(`Maven ended with ${code}:\n${output.trim().split("\n").slice(-KEPT_LINES).join("\n")}`);
}

function run(
  file: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (data: Buffer) => {
      output += data.toString("utf8");
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

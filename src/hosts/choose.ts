import type { BrokerRecipe, HostKind, Located } from "../spi/broker.js";

/** Where a broker will run, and why there. */
export interface Choice {
  readonly kind: HostKind;
  /** `null` for the external host. */
  readonly located: Located | null;
  /** For a person. */
  readonly reason: string;
}

/** No host can run this broker here; says what is missing and how to get it. Exit code 3. */
export class HostUnavailableError extends Error {
  override readonly name = "HostUnavailableError";

  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

/** Finds the broker on the wanted host; `auto` takes local, else embedded. Throws `HostUnavailableError`. */
export async function chooseHost(recipe: BrokerRecipe, wanted: HostKind | "auto" | "container"): Promise<Choice> {
  if (wanted === "external") return { kind: "external", located: null, reason: "the scenario names its address" };
  if (wanted === "container") {
    throw new HostUnavailableError(
      "this version of havoq runs brokers as processes of this machine, not in containers",
      `use host: ${recipe.hosts[0] ?? "auto"}, or host: auto`,
    );
  }
  const possible = (["local", "embedded"] as const).filter((host) => recipe.hosts.includes(host));
  const candidates = possible.filter((host) => wanted === "auto" || host === wanted);
  if (candidates.length === 0) {
    throw new HostUnavailableError(
      `${recipe.name} has no ${wanted} host`,
      `use host: ${possible.join(" or ")}, or host: auto`,
    );
  }
  const missing: { host: string; reason: string; hint: string }[] = [];
  for (const host of candidates) {
    const located = await recipe.locate(host);
    if (located.found) {
      const why = wanted === "auto" ? `host auto found ${located.what}` : located.what;
      return { kind: host, located, reason: why };
    }
    missing.push({ host, reason: located.reason, hint: located.hint });
  }
  const reasons = missing.map(({ host, reason }) => `${host}: ${reason}`).join("; ");
  throw new HostUnavailableError(
    `${recipe.name} can't run here: ${reasons}`,
    missing.map(({ hint }) => hint).join("; or "),
  );
}

import type { BrokerRecipe, HostChoice, HostKind, Located, Missing } from "../spi/broker.js";

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

/** What is wanted of a host. */
export interface HostWish {
  readonly host: HostChoice;
  readonly settings: unknown;
  /** In place of the recipe's own image. */
  readonly image?: string | undefined;
  /** Told what takes long. */
  readonly say?: (text: string) => void;
}

/** In the order in which `auto` tries them. */
const HOSTS = ["container", "local", "embedded"] as const;

/** Finds the broker on the wanted host; `auto` takes the first of `HOSTS` that can run it. Throws `HostUnavailableError`. */
export async function chooseHost(recipe: BrokerRecipe, wish: HostWish): Promise<Choice> {
  const { host: wanted } = wish;
  if (wanted === "external") return { kind: "external", located: null, reason: "the scenario names its address" };
  const processHosts = recipe.process?.hosts ?? [];
  const possible = HOSTS.filter((host) => (host === "container" ? recipe.container : processHosts.includes(host)));
  const candidates = possible.filter((host) => wanted === "auto" || host === wanted);
  if (candidates.length === 0) {
    throw new HostUnavailableError(
      `${recipe.name} has no ${wanted} host`,
      `use host: ${possible.join(" or ")}, or host: auto`,
    );
  }
  const missing: (Missing & { host: string })[] = [];
  for (const host of candidates) {
    const located = await locate(recipe, host, wish);
    if (located.found) return { kind: host, located, reason: whyHere(wanted, located, missing) };
    missing.push({ host, ...located });
  }
  throw new HostUnavailableError(
    `${recipe.name} can't run here: ${sentences(missing)}`,
    missing.map(({ hint }) => hint).join("; or "),
  );
}

async function locate(recipe: BrokerRecipe, host: (typeof HOSTS)[number], wish: HostWish): Promise<Located | Missing> {
  if (recipe.process && host !== "container") return recipe.process.locate(host);
  // Docker's client is loaded only where it is used.
  const { locateContainer } = await import("./container/locate.js");
  return locateContainer(recipe, { settings: wish.settings, image: wish.image, pull: true, say: wish.say });
}

function whyHere(wanted: string, { what }: Located, passedOver: readonly (Missing & { host: string })[]): string {
  if (wanted !== "auto") return what;
  return passedOver.length === 0 ? `host auto found ${what}` : `host auto found ${what}; ${sentences(passedOver)}`;
}

const sentences = (missing: readonly (Missing & { host: string })[]): string =>
  missing.map(({ host, reason }) => `${host}: ${reason}`).join("; ");

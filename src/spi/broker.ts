import type { z } from "zod";

/** Where a broker runs. */
export type HostKind = "embedded" | "local" | "external";

/** A TCP address; `url` where the system is addressed by one. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** As the user gave it (external host only), credentials included. */
  readonly url?: string;
}

/** A broker that this machine can start. */
export interface Located {
  readonly found: true;
  /** What was found, for a person: a path or a package with its version. */
  readonly what: string;
  readonly executable: string;
}

/** A broker that this machine can't start, and how to change that. */
export interface Missing {
  readonly found: false;
  readonly reason: string;
  /** The command that gets it. */
  readonly hint: string;
}

/** How to start one broker process. */
export interface LaunchSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What a recipe may use to put a launch together. */
export interface LaunchRequest<Settings> {
  /** A private directory that exists and is empty at the first launch; data goes here. */
  readonly dir: string;
  /** A free loopback port; the same at every launch of a run. */
  readonly port: number;
  readonly settings: Settings;
  readonly located: Located;
}

/** How one broker is found, started and known to be ready, on the hosts that run it as a process. */
export interface BrokerRecipe<Settings = unknown> {
  /** As in `HAVOQ_REQUIRE`. */
  readonly name: string;
  readonly hosts: readonly Exclude<HostKind, "external">[];
  /** What `target.broker` may say. */
  readonly settings: z.ZodType<Settings>;
  /** Whether a broker of this recipe keeps messages over a crash of its process with these settings, in words. */
  durability(settings: Settings): string;
  locate(host: Exclude<HostKind, "external">): Promise<Located | Missing>;
  launch(request: LaunchRequest<Settings>): Promise<LaunchSpec>;
  /** One attempt: answers with the broker's version, or throws while it is not ready. */
  probe(endpoint: Endpoint): Promise<string>;
}

import type * as z from "zod";
import type { Bytes } from "../units.js";

/** Hosts that run a broker as a process of this machine. */
export type ProcessHost = "embedded" | "local";
/** Where a broker runs. */
export type HostKind = ProcessHost | "container" | "external";
/** As in `target.host`: "auto" lets havoq choose. */
export type HostChoice = HostKind | "auto";

/** A TCP address; `url` where the system is addressed by one. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** As the user gave it (external host only), credentials included. */
  readonly url?: string;
  /** All nodes of a broker of several, this address among them. */
  readonly nodes?: readonly NodeAddress[];
}

/** Where one node of a broker of several listens for clients. */
export interface NodeAddress {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** A broker that this machine can start. */
export interface Located {
  readonly found: true;
  /** What was found, for a person: a path or a package with its version. */
  readonly what: string;
  readonly executable: string;
  /** Name and version, of a broker that does not tell them itself. */
  readonly version?: string;
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
  /** Whom the process runs as, for a program that refuses root; havoq's own user when not given. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What asks it to end in good order; SIGTERM when not given. */
  readonly stopSignal?: NodeJS.Signals;
}

/** The loopback ports of one node. */
export interface NodePorts {
  /** For clients and for havoq's own admin. */
  readonly client: number;
  /** The recipe's extra ports, by their names. */
  readonly extra: Readonly<Record<string, number>>;
}

/** A listener for the clients of one side, who come through the proxy: where to listen, and what to tell them. */
export interface SideListener {
  readonly listen: number;
  readonly advertise: number;
}

/**
 * Where a message is when its producer is told that it was confirmed, from weak to strong: with the client only, in the
 * broker's memory, written and left to the kernel's page cache, synced to the disk, or on several brokers.
 */
export const CONFIRMED_IN = ["client", "memory", "page cache", "disk", "replicas"] as const;
/** One of `CONFIRMED_IN`. */
export type ConfirmedIn = (typeof CONFIRMED_IN)[number];

/** What survives when a broker breaks. */
export interface Durability {
  /** Where a confirmed message is; `null` where the broker's owner decides that. */
  readonly confirmedIn: ConfirmedIn | null;
  /** What a crash loses, for a person. */
  readonly words: string;
}

/** What a recipe may use to put a launch together. */
export interface LaunchRequest<Settings> {
  /** A private directory that exists and is empty at the first launch; data goes here. */
  readonly dir: string;
  readonly host: ProcessHost;
  /** The node to launch, one of `nodes`. */
  readonly node: string;
  /** The client port of this node; the same at every launch of a run. */
  readonly port: number;
  /** Ports of all nodes, by their names; the same at every launch of a run. */
  readonly nodes: Readonly<Record<string, NodePorts>>;
  /** Set when the recipe advertises and the run has a proxy: clients are to be told the proxy's ports. */
  readonly sides: { readonly producers: SideListener; readonly workers: SideListener } | null;
  readonly settings: Settings;
  readonly located: Located;
}

/** Bounds on what a broker may use; `null` where there is none. */
export interface Limits {
  /** Cores, such as 0.5. */
  readonly cpu: number | null;
  readonly memory: Bytes | null;
}

/** What a recipe may use to describe a container. */
export interface ContainerRequest<Settings> {
  /** For clients and for havoq's own admin; the same number inside and outside, so that it may be advertised. */
  readonly ports: NodePorts;
  /** As in `LaunchRequest`. */
  readonly sides: LaunchRequest<Settings>["sides"];
  readonly settings: Settings;
}

/**
 * How one broker runs in a container; the server has to listen on all addresses of it. The image itself says which
 * signal asks it to end in good order.
 */
export interface ContainerSpec {
  readonly entrypoint?: readonly string[];
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Contents of files by their absolute paths, put into the container before it starts. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whom it runs as; the image's own choice when not given. */
  readonly user?: string;
  /** Where the volume goes that outlives the broker's process. */
  readonly data: string;
}

/** How a broker runs in a container of its official image, or of another one that is called the same way. */
export interface ContainerRecipe<Settings> {
  /** The official image, pinned by its tag. */
  readonly image: string;
  describe(request: ContainerRequest<Settings>): ContainerSpec;
}

/** How a broker gets onto this machine with `havoq install`. */
export interface Installation {
  /** What is fetched and from where, for a person. */
  readonly what: string;
  /** Puts it into a directory that exists and is empty; throws with a reason a person understands. */
  run(dir: string, say: (line: string) => void): Promise<void>;
}

/** What the url of a broker that others run may hold. */
export interface UrlRules {
  /** Its schemes, each with the port that it stands for. */
  readonly ports: Readonly<Record<string, number>>;
  /** The one name that may follow the address; none when not given. */
  readonly path?: {
    /** Follows "expected". */
    readonly what: string;
    readonly pattern: RegExp;
    readonly hint: string;
    /** Whether a lone "/" is the same as nothing, as it is when not given. */
    readonly mayBeEmpty?: boolean;
  };
  /** What may follow the "?"; nothing when not given. */
  readonly query?: readonly string[];
  /** Whether user and password are used, or else where they come from. */
  readonly credentials: true | string;
}

/** A server's own no to what it was asked for, where asking again at once would not help. */
export interface Refusal {
  /** What the server said. */
  readonly words: string;
  /** What to do about it, for a person. */
  readonly hint: string;
}

/** Names of the processes of a broker of several, and what they have to do together. */
export interface ClusterRecipe<Settings> {
  /** The processes that make up one broker with these settings; its endpoint is the first one's. */
  nodes(settings: Settings): readonly string[];
  /** Waits, once all nodes answer, until they have found each other; throws when they do not. */
  assembled(endpoint: Endpoint): Promise<void>;
}

/** What is true of a broker's server wherever it runs. */
export interface ServerRecipe<Settings> {
  /** One attempt: returns the version of the node, `null` if it does not tell; throws while it is not ready. */
  probe(endpoint: Endpoint, node: string): Promise<string | null>;
  /** What the server refuses in an error of one of its clients; `null` for an error of any other kind. */
  refusal(error: unknown): Refusal | null;
  /** What `target.url` may hold. */
  readonly url?: UrlRules;
  /** Whether the broker tells clients the address to connect to, so that it has to know the proxy's. */
  readonly advertises?: boolean;
  /** Names of the ports that a node needs beside the one for clients. */
  readonly extraPorts?: readonly string[];
  /** Of a server that may be several processes; one process when not given. */
  readonly cluster?: ClusterRecipe<Settings>;
}

/** How a broker is found and started as a process of this machine. */
export interface ProcessRecipe<Settings> {
  readonly hosts: readonly ProcessHost[];
  /** Finds it on this machine, or says what gets it. */
  locate(host: ProcessHost): Promise<Located | Missing>;
  /** How to start one node; asked at each of its starts. */
  launch(request: LaunchRequest<Settings>): Promise<LaunchSpec>;
  /** What `havoq install <name>` can fetch for this broker, by that name. */
  readonly installations?: Readonly<Record<string, Installation>>;
}

/** One broker: what its server is, and how it runs on each kind of host. */
export interface BrokerRecipe<Settings = unknown> {
  /** As in `HAVOQ_REQUIRE`. */
  readonly name: string;
  /** What `target.broker` may say. */
  readonly settings: z.ZodType<Settings>;
  /** Whether a broker of this recipe keeps messages over a crash of its process with these settings. */
  durability(settings: Settings, host: HostChoice): Durability;
  readonly server: ServerRecipe<Settings>;
  /** Where it can run as processes of this machine. */
  readonly process?: ProcessRecipe<Settings>;
  /** Where it can run in a container: as one node. */
  readonly container?: ContainerRecipe<Settings>;
}

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type * as z from "zod";
import { type CutEvent, type EffectSpec, effectSchema, type Side } from "../../../src/faults/proxy/protocol.js";
import { FaultProxy } from "../../../src/faults/proxy/proxy.js";
import type { EffectHost, Item, StagePort } from "../../../src/faults/proxy/stage.js";

/** Longest time that a condition may take to come true. */
const DEADLINE_MS = 15_000;

/** An effect that does nothing, but for what is given. */
export function effect(some: Partial<z.input<typeof effectSchema>>): EffectSpec {
  return effectSchema.parse({
    direction: "both",
    latency: 0,
    jitter: 0,
    bandwidth: null,
    partition: false,
    reset: false,
    cut: null,
    slowClose: null,
    ...some,
  });
}

/** Waits until the condition holds; throws when it does not in time. */
export async function until(condition: () => boolean, what = "condition"): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`${what} did not come true within ${DEADLINE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Several turns of the event loop with I/O: time in which data that is not held would have come through. */
export async function someTurns(turns = 40): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** One end of a connection, with everything that happened to it. */
export class End {
  readonly #chunks: Buffer[] = [];
  bytes = 0;
  ended = false;
  closed = false;
  /** Error code of the socket, such as ECONNRESET. */
  error: string | undefined;

  constructor(readonly socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.bytes += chunk.length;
    });
    socket.on("end", () => {
      this.ended = true;
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.error = error.code;
    });
    socket.on("close", () => {
      this.closed = true;
    });
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.received.toString();
  }
}

/** A broker stand-in on loopback that keeps every connection's end. */
export interface TestServer {
  readonly port: number;
  readonly ends: End[];
}

/** Starts a server for the length of the test; half-open connections stay open. */
export async function startServer(onConnection: (end: End) => void = () => {}): Promise<TestServer> {
  const ends: End[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const end = new End(socket);
    ends.push(end);
    onConnection(end);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const { socket } of ends) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, ends };
}

/** A server that answers every chunk with itself, and a FIN with a FIN. */
export function startEcho(): Promise<TestServer> {
  return startServer(({ socket }) => socket.pipe(socket));
}

/** Connects to a port of this machine for the length of the test; resolves when it is connected or refused. */
export async function dial(port: number, host = "127.0.0.1"): Promise<End> {
  const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
  const end = new End(socket);
  onTestFinished(() => {
    socket.destroy();
  });
  await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
  return end;
}

/** A proxy in this process, with one port before a server. */
export interface Rig {
  readonly proxy: FaultProxy;
  readonly port: number;
  readonly cuts: CutEvent[];
}

/** Puts a proxy before a port for the length of the test. */
export async function startRig(upstreamPort: number, side: Side = "producers", seed = 42): Promise<Rig> {
  const cuts: CutEvent[] = [];
  const proxy = new FaultProxy((event) => cuts.push(event));
  onTestFinished(() => proxy.close());
  const upstream = { host: "127.0.0.1", port: upstreamPort };
  return { proxy, cuts, port: await proxy.listen({ side, upstream, seed, external: false }) };
}

/** A connection through a proxy, with both of its ends. */
export interface Path extends Rig {
  readonly client: End;
  readonly broker: End;
}

/** A rig with one established connection to a server that only listens. */
export async function startPath(): Promise<Path> {
  const server = await startServer();
  const rig = await startRig(server.port);
  const client = await dial(rig.port);
  await until(() => server.ends.length === 1, "connection to the broker");
  return { ...rig, client, broker: server.ends[0] as End };
}

/** Text of some length that shows where a byte is missing or out of its place. */
export function pattern(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  for (let at = 0; at + 4 <= bytes; at += 4) buffer.writeUInt32BE(at, at);
  return buffer;
}

/** A port for a stage on its own: keeps what is passed on, with the time at which it was. */
export class TestPort implements StagePort {
  readonly items: { readonly item: Item; readonly atMs: number }[] = [];
  isDone = false;

  pass(item: Item): void {
    this.items.push({ item, atMs: performance.now() });
  }

  done(): void {
    this.isDone = true;
  }

  get text(): string {
    return this.items.map(({ item }) => (item.kind === "data" ? item.chunk.toString() : `<${item.kind}>`)).join("");
  }

  get dataBytes(): number {
    return this.items.reduce((sum, { item }) => sum + (item.kind === "data" ? item.chunk.length : 0), 0);
  }
}

/** A data item. */
export function data(text: string): Item {
  return { kind: "data", chunk: Buffer.from(text) };
}

/** An effect host whose connection can't be cut. */
export function testHost(some: Partial<EffectHost> = {}): EffectHost {
  return { established: true, random: () => () => 0.5, cut: () => {}, cutClient: () => {}, ...some };
}

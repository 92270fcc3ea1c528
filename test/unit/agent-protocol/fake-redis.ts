import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** Takes whole commands (arrays of strings, RESP 2) off the front of a buffer. */
function takeCommands(buffer: Buffer): { commands: Buffer[][]; rest: Buffer } {
  const commands: Buffer[][] = [];
  let rest = buffer;
  for (;;) {
    let at = 0;
    const number = (): number | null => {
      const end = rest.indexOf("\r\n", at);
      if (end < 0) return null;
      const value = Number(rest.toString("latin1", at + 1, end));
      at = end + 2;
      return value;
    };
    const count = number();
    const command: Buffer[] = [];
    for (let i = 0; count !== null && i < count; i++) {
      const length = number();
      if (length === null || at + length + 2 > rest.length) break;
      command.push(rest.subarray(at, at + length));
      at += length + 2;
    }
    if (count === null || command.length < count) return { commands, rest };
    commands.push(command);
    rest = rest.subarray(at);
  }
}

const bulk = (data: Buffer): Buffer => Buffer.concat([Buffer.from(`$${data.length}\r\n`), data, Buffer.from("\r\n")]);

interface Waiter {
  readonly key: string;
  readonly socket: Socket;
  readonly timer: NodeJS.Timeout;
}

/** As much of Redis as a worker with `consume: brpop` needs: PING, LPUSH and BRPOP, in memory, on a loopback port. */
export class FakeRedis {
  /** Newest first, as Redis has them after LPUSH. */
  readonly lists: Map<string, Buffer[]>;
  /** Called with each command before it is obeyed. */
  onCommand: (name: string, args: readonly Buffer[]) => void = () => {};
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => this.serve(socket));
  private waiters: Waiter[] = [];

  constructor(lists = new Map<string, Buffer[]>()) {
    this.lists = lists;
  }

  async listen(port: number): Promise<void> {
    this.server.listen(port, "127.0.0.1");
    await once(this.server, "listening");
  }

  /** Drops every connection and listens no more; the lists stay. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    for (const { timer } of this.waiters) clearTimeout(timer);
    this.waiters = [];
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, "close");
  }

  push(key: string, payload: Buffer): void {
    this.lists.set(key, [payload, ...(this.lists.get(key) ?? [])]);
    for (const waiter of this.waiters.filter((one) => one.key === key)) if (!this.pop(waiter)) return;
  }

  private serve(socket: Socket): void {
    let received: Buffer = Buffer.alloc(0);
    this.sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      this.sockets.delete(socket);
      this.waiters = this.waiters.filter((waiter) => waiter.socket !== socket);
    });
    socket.on("data", (chunk) => {
      const { commands, rest } = takeCommands(Buffer.concat([received, chunk]));
      received = rest;
      for (const [name, ...args] of commands) this.obey(socket, String(name).toUpperCase(), args);
    });
  }

  private obey(socket: Socket, name: string, args: readonly Buffer[]): void {
    this.onCommand(name, args);
    const [key, value] = args;
    if (name === "PING") socket.write("+PONG\r\n");
    else if (name === "LPUSH" && key && value) {
      this.push(key.toString(), Buffer.from(value));
      socket.write(`:${this.lists.get(key.toString())?.length ?? 0}\r\n`);
    } else if (name === "BRPOP" && key) this.popOrWait(socket, key.toString(), Number(args[1]) * 1000);
    else socket.write(`-ERR the fake does not know ${name}\r\n`);
  }

  private popOrWait(socket: Socket, key: string, waitMs: number): void {
    const timer = setTimeout(() => {
      this.waiters = this.waiters.filter((other) => other !== waiter);
      socket.write("*-1\r\n");
    }, waitMs);
    const waiter = { key, socket, timer };
    this.waiters.push(waiter);
    this.pop(waiter);
  }

  /** Gives a waiter the last element, if there is one. */
  private pop(waiter: Waiter): boolean {
    const last = this.lists.get(waiter.key)?.pop();
    if (!last) return false;
    clearTimeout(waiter.timer);
    this.waiters = this.waiters.filter((other) => other !== waiter);
    waiter.socket.write(Buffer.concat([Buffer.from("*2\r\n"), bulk(Buffer.from(waiter.key)), bulk(last)]));
    return true;
  }
}

import * as z from "zod";
import { commandSchema, type ProxyCommand, type ProxyMessage } from "./protocol.js";
import { FaultProxy } from "./proxy.js";

/** A control session: one command a line in, one answer each out, and events in between. */
export class Session {
  readonly #send: (message: ProxyMessage) => void;
  readonly #proxy: FaultProxy;

  constructor(send: (message: ProxyMessage) => void) {
    this.#send = send;
    this.#proxy = new FaultProxy(send);
  }

  /** Carries out one line; what is wrong with it is answered, never thrown. Resolves to "bye" when it said so. */
  async handle(line: string): Promise<"bye" | undefined> {
    let id: number | null = null;
    try {
      const json: unknown = JSON.parse(line);
      id = idOf(json);
      const parsed = commandSchema.safeParse(json);
      if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
      if (parsed.data.type === "bye") return "bye";
      this.#send(await this.#carryOut(parsed.data));
    } catch (error) {
      this.#send({ type: "error", id, message: error instanceof Error ? error.message : String(error) });
    }
    return undefined;
  }

  /** Closes every port and connection. */
  close(): Promise<void> {
    return this.#proxy.close();
  }

  async #carryOut(command: Exclude<ProxyCommand, { type: "bye" }>): Promise<ProxyMessage> {
    const { id } = command;
    switch (command.type) {
      case "listen":
        return { type: "listening", id, side: command.side, port: await this.#proxy.listen(command) };
      case "inject":
        this.#proxy.inject(command.fault, command.side, command.effect);
        return { type: "injected", id, atNs: process.hrtime.bigint().toString() };
      case "heal":
        this.#proxy.heal(command.fault);
        return { type: "healed", id, atNs: process.hrtime.bigint().toString() };
      case "stats":
        return { type: "stats", id, ...this.#proxy.stats() };
    }
  }
}

const hasId = z.looseObject({ id: z.int().nonnegative() });

function idOf(json: unknown): number | null {
  const parsed = hasId.safeParse(json);
  return parsed.success ? parsed.data.id : null;
}

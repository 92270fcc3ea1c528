import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A loopback port that is free right now. */
export const freePort = (): Promise<number> => bindOnce(0);

/** Whether nobody listens on a loopback port; waits a moment for a process that has just been killed. */
export async function isPortFree(port: number, patienceMs = 1000): Promise<boolean> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      await bindOnce(port);
      return true;
    } catch {
      if (Date.now() >= until) return false;
      await sleep(20);
    }
  }
}

async function bindOnce(wanted: number): Promise<number> {
  const server = createServer();
  server.listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import type { ProxyHandle } from "../faults/proxy/client.js";
import { median } from "../stats/median.js";

const ROUNDS = 200;
const MESSAGE = Buffer.alloc(64, 1);

/** Median time that the proxy adds to one round trip of an idle connection, in ns; measured with an echo server. */
export async function measureProxyOverhead(proxy: ProxyHandle): Promise<number> {
  const echo = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  const { port } = echo.address() as AddressInfo;
  try {
    const through = await proxy.listen("producers", { host: "127.0.0.1", port }, 0);
    const direct = await roundTrips(port);
    return Math.max(0, (await roundTrips(through)) - direct);
  } finally {
    echo.close();
  }
}

async function roundTrips(port: number): Promise<number> {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  await once(socket, "connect");
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const begin = process.hrtime.bigint();
    socket.write(MESSAGE);
    for (let received = 0; received < MESSAGE.length; )
      received += ((await once(socket, "data")) as [Buffer])[0].length;
    times.push(Number(process.hrtime.bigint() - begin));
  }
  socket.destroy();
  return median(times);
}

import { expect, it } from "vitest";
import { freePort, isPortFree, outgoingPorts } from "../../../src/hosts/ports.js";

it("a port for a broker is none that an outgoing connection may take while the broker is down", async () => {
  const { lowest, highest } = outgoingPorts();
  expect(highest).toBeGreaterThan(lowest);
  for (let count = 0; count < 50; count++) {
    const port = await freePort();
    expect(port < lowest || port > highest, `${port} of ${lowest} to ${highest}`).toBe(true);
    expect(await isPortFree(port)).toBe(true);
  }
});

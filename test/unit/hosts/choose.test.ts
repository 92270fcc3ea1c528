import { describe, expect, it } from "vitest";
import { z } from "zod";
import { chooseHost, HostUnavailableError } from "../../../src/hosts/choose.js";
import type { BrokerRecipe, HostKind } from "../../../src/spi/broker.js";

type Own = Exclude<HostKind, "external">;

/** A recipe for the hosts named, of which some are found. */
function recipe(hosts: readonly Own[], found: readonly Own[]): BrokerRecipe {
  return {
    name: "fake",
    hosts,
    settings: z.unknown(),
    durability: () => ({ confirmedIn: null, words: "none" }),
    locate: async (host) =>
      found.includes(host)
        ? { found: true, what: `/opt/${host}/fake`, executable: "fake" }
        : { found: false, reason: `no fake for ${host}`, hint: `install-${host}` },
    launch: async () => ({ file: "fake", args: [], env: {} }),
    probe: async () => "1",
  };
}

describe("choosing a host", () => {
  it("takes an installed broker before an embedded one", async () => {
    const choice = await chooseHost(recipe(["embedded", "local"], ["embedded", "local"]), "auto");
    expect(choice).toMatchObject({ kind: "local", reason: expect.stringContaining("/opt/local/fake") });
  });

  it("falls back to the embedded broker", async () => {
    const choice = await chooseHost(recipe(["local", "embedded"], ["embedded"]), "auto");
    expect(choice).toMatchObject({ kind: "embedded", located: { executable: "fake" } });
  });

  it("never asks for a host that the recipe has not", async () => {
    const choice = await chooseHost(recipe(["embedded"], ["local", "embedded"]), "auto");
    expect(choice.kind).toBe("embedded");
  });

  it("says for every host why not, and how to get it", async () => {
    const refused = chooseHost(recipe(["local", "embedded"], []), "auto");
    await expect(refused).rejects.toThrow(HostUnavailableError);
    await expect(refused).rejects.toMatchObject({
      message: "fake can't run here: local: no fake for local; embedded: no fake for embedded",
      hint: "install-local; or install-embedded",
    });
  });

  it("does not fall back from a host that was asked for", async () => {
    await expect(chooseHost(recipe(["local", "embedded"], ["embedded"]), "local")).rejects.toThrow("no fake for local");
  });

  it("refuses a host that the recipe has not, and names those it has", async () => {
    await expect(chooseHost(recipe(["local"], ["local"]), "embedded")).rejects.toMatchObject({
      message: "fake has no embedded host",
      hint: "use host: local, or host: auto",
    });
  });

  it("refuses containers in one sentence with a way on", async () => {
    await expect(chooseHost(recipe(["local"], ["local"]), "container")).rejects.toMatchObject({
      name: "HostUnavailableError",
      hint: "use host: local, or host: auto",
    });
  });

  it("takes an external broker without looking for one here", async () => {
    expect(await chooseHost(recipe([], []), "external")).toMatchObject({ kind: "external", located: null });
  });
});

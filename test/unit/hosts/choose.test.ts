import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { chooseHost, HostUnavailableError } from "../../../src/hosts/choose.js";
import type { BrokerRecipe, HostKind, ProcessHost } from "../../../src/spi/broker.js";

/** A recipe for the hosts named, of which some are found. */
function recipe(hosts: readonly ProcessHost[], found: readonly ProcessHost[]): BrokerRecipe {
  return {
    name: "fake",
    settings: z.unknown(),
    durability: () => ({ confirmedIn: null, words: "none" }),
    server: { probe: async () => "1", refusal: () => null },
    process: {
      hosts,
      locate: async (host) =>
        found.includes(host)
          ? { found: true, what: `/opt/${host}/fake`, executable: "fake" }
          : { found: false, reason: `no fake for ${host}`, hint: `install-${host}` },
      launch: async () => ({ file: "fake", args: [], env: {} }),
    },
  };
}

const choose = (of: BrokerRecipe, host: HostKind | "auto") => chooseHost(of, { host, settings: {} });

/** A broker that could run in a container, if there were a Docker engine. */
const containable: BrokerRecipe = {
  ...recipe(["local", "embedded"], ["local"]),
  container: { image: "fake:1", describe: () => ({ command: [], data: "/data" }) },
};

describe("choosing a host", () => {
  beforeEach(() => {
    vi.stubEnv("DOCKER_HOST", "unix:///nowhere/docker.sock");
    return () => vi.unstubAllEnvs();
  });

  it("takes an installed broker before an embedded one", async () => {
    const choice = await choose(recipe(["embedded", "local"], ["embedded", "local"]), "auto");
    expect(choice).toMatchObject({ kind: "local", reason: expect.stringContaining("/opt/local/fake") });
  });

  it("falls back to the embedded broker", async () => {
    const choice = await choose(recipe(["local", "embedded"], ["embedded"]), "auto");
    expect(choice).toMatchObject({ kind: "embedded", located: { executable: "fake" } });
  });

  it("never asks for a host that the recipe has not", async () => {
    const choice = await choose(recipe(["embedded"], ["local", "embedded"]), "auto");
    expect(choice.kind).toBe("embedded");
  });

  it("says for every host why not, and how to get it", async () => {
    const refused = choose(recipe(["local", "embedded"], []), "auto");
    await expect(refused).rejects.toThrow(HostUnavailableError);
    await expect(refused).rejects.toMatchObject({
      message: "fake can't run here: local: no fake for local; embedded: no fake for embedded",
      hint: "install-local; or install-embedded",
    });
  });

  it("does not fall back from a host that was asked for", async () => {
    await expect(choose(recipe(["local", "embedded"], ["embedded"]), "local")).rejects.toThrow("no fake for local");
  });

  it("refuses a host that the recipe has not, and names those it has", async () => {
    await expect(choose(recipe(["local"], ["local"]), "embedded")).rejects.toMatchObject({
      message: "fake has no embedded host",
      hint: "use host: local, or host: auto",
    });
  });

  it("refuses containers of a broker that has no image", async () => {
    await expect(choose(recipe(["local"], ["local"]), "container")).rejects.toMatchObject({
      message: "fake has no container host",
      hint: "use host: local, or host: auto",
    });
  });

  it("refuses containers without Docker in one sentence with a way on", async () => {
    await expect(choose(containable, "container")).rejects.toMatchObject({
      name: "HostUnavailableError",
      message: "fake can't run here: container: no Docker engine (/nowhere/docker.sock is not there)",
      hint: "apt-get install docker.io, and start dockerd; or use host: local or host: auto",
    });
  });

  it("says why auto took a process where a container could have been", async () => {
    const { kind, reason } = await choose(containable, "auto");
    expect(kind).toBe("local");
    expect(reason).toBe(
      "host auto found /opt/local/fake; container: no Docker engine (/nowhere/docker.sock is not there)",
    );
  });

  it("refuses an engine of another machine: its brokers could not be reached", async () => {
    vi.stubEnv("DOCKER_HOST", "tcp://10.1.2.3:2375");
    await expect(choose(containable, "container")).rejects.toThrow("DOCKER_HOST is tcp://10.1.2.3:2375");
  });

  it("takes an external broker without looking for one here", async () => {
    expect(await choose(recipe([], []), "external")).toMatchObject({ kind: "external", located: null });
  });
});

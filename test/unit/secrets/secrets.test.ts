// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to environment variables are meant.
import { describe, expect, it } from "vitest";
import { Secrets } from "../../../src/secrets/known.js";
import { forRecord, learnSecrets, shownArguments, shownOverlay } from "../../../src/secrets/places.js";
import { shownUrl } from "../../../src/secrets/urls.js";

/** What a process knows that has read these plain values. */
function knowing(data: unknown): Secrets {
  const secrets = new Secrets();
  learnSecrets(data, [], [], secrets);
  return secrets;
}

const withUrl = (url: string) => knowing({ target: { url } });

describe("an address in the record", () => {
  it.each([
    ["redis://h:1/2", "redis://h:1/2"],
    ["redis://:pa55@h:1", "redis://:***@h:1"],
    ["amqps://me:pa%2F55@h/vhost", "amqps://me:***@h/vhost"],
    ["postgres://me@h/db", "postgres://me@h/db"],
    ["nats://t0ken@h:4222", "nats://***@h:4222"],
    ["kafka://me:pa55@a:1,b:2", "kafka://me:***@a:1,b:2"],
    ["postgres://h/db?user=me&password=pa55&sslmode=require", "postgres://h/db?user=me&password=***&sslmode=require"],
    // A password that had to be encoded, and was not.
    ["redis://:pa#5/5@h:1", "redis://:***@h:1"],
    ["redis://me:pa@55@h:1", "redis://me:***@h:1"],
    ["redis://me:pa@55/x@h:1", "redis://me:***@h:1"],
    ["redis://:${PASSWORD}@h:1", "redis://:${PASSWORD}@h:1"],
  ])("%s is written as %s", (url, shown) => {
    expect(shownUrl(url)).toBe(shown);
  });
});

describe("a text that may hold a secret", () => {
  it("goes without it as written, decoded, encoded in either case, and inside of JSON", () => {
    const secrets = withUrl("redis://:p%2Fa%22ss@h:1");
    for (const form of ["p%2Fa%22ss", 'p/a"ss', "p%2fa%22ss", '{"a":"p/a\\"ss"}'])
      expect(secrets.hide(`told ${form}!`)).toMatch(/^told (\*\*\*|\{"a":"\*\*\*"\})!$/);
  });

  it("goes without the beginning of a secret where it was cut", () => {
    const secrets = withUrl("redis://:correct-horse@h:1");
    expect(secrets.hide("WRONGPASS of correct-ho")).toBe("WRONGPASS of ***");
    expect(secrets.hide('got "correct-h…", expected')).toBe('got "***…", expected');
  });

  it("goes without the pieces of a password that was not encoded", () => {
    expect(withUrl("redis://:tomato#potato@h:1").hide("no port tomato in potato@h")).toBe("no port *** in ***@h");
  });

  it("goes without the passwords of addresses that nobody knows", () => {
    expect(new Secrets().hide("at amqp://me:pa55@h/ and http://h:80/a@b")).toBe(
      "at amqp://me:***@h/ and http://h:80/a@b",
    );
  });

  it("keeps what is too short to be told from other words", () => {
    expect(withUrl("redis://:abc@h:1").hide("abcdef at redis://:abc@h:1")).toBe("abcdef at redis://:***@h:1");
  });
});

describe("a scenario in the record", () => {
  const data = {
    name: "n",
    target: {
      driver: "d",
      url: "redis://:pa55word@h:1",
      options: { prefetch: 5, apiToken: "t0ken-9", mode: "auto" },
      external: { kill: "curl -H 'Authorization: Bearer T0KEN99' http://h/kill", start: "/usr/bin/start" },
    },
    workers: { command: ["python3", "worker.py", "--quiet", "--token=T0KEN88", "hunter2"] },
  };
  const secrets = knowing(data);

  it("has neither passwords nor tokens, and says what it can", () => {
    expect(forRecord(data, [], secrets)).toEqual({
      name: "n",
      target: {
        driver: "d",
        url: "redis://:***@h:1",
        options: { prefetch: 5, apiToken: "***", mode: "auto" },
        external: { kill: "curl ***", start: "/usr/bin/start" },
      },
      workers: { command: ["python3", "worker.py", "--quiet", "--token=***", "***"] },
    });
  });

  it("lets nobody repeat the tokens of its hooks and commands", () => {
    expect(secrets.hide("refused T0KEN99 and T0KEN88 and hunter2 and t0ken-9")).toBe(
      "refused *** and *** and *** and ***",
    );
    expect(secrets.hide(`Command failed: /bin/sh -c ${data.target.external.kill}`)).toBe(
      "Command failed: /bin/sh -c curl ***",
    );
  });

  it("is the same scenario where there are no secrets", () => {
    const plain = { name: "n", target: { url: "redis://h:1", external: { kill: "/bin/stop" } }, seed: 1 };
    expect(forRecord(plain, [], knowing(plain))).toEqual(plain);
  });

  it("has none in `targets` and `vary` either", () => {
    const many = {
      targets: ["a", { name: "b", url: "redis://:pa55word@h" }],
      vary: { "target.url": ["nats://t0ken@h"] },
    };
    expect(knowing(many).hide("pa55word t0ken")).toBe("*** ***");
    expect(JSON.stringify(forRecord(many, [], knowing(many)))).not.toMatch(/pa55word|t0ken/);
  });
});

describe("a command line in the record", () => {
  it.each([
    ["load.rate=5/s", "load.rate=5/s"],
    ["target.url=redis://:pa55@h:1", "target.url=redis://:***@h:1"],
    ["target.url=redis://:${PASSWORD}@h:1", "target.url=redis://:${PASSWORD}@h:1"],
    ["target.external.kill=stop --token abc", "target.external.kill=stop ***"],
    ["target={ driver: d, url: 'redis://:pa55@h' }", 'target={"driver":"d","url":"redis://:***@h"}'],
    ["workers.command=[a, hunter2]", 'workers.command=["a","***"]'],
    ["target.url={ broken", "target.url=***"],
  ])("%s is written as %s", (overlay, shown) => {
    expect(shownOverlay(overlay, new Secrets())).toBe(shown);
  });

  it("is searched for every flag that sets a value", () => {
    const url = "target.url=redis://:pa55@h";
    const words = ["run", "a.yaml", "--set", url, `--set=${url}`, "--baseline-set", url, "--out", "a=b"];
    expect(shownArguments(words, new Secrets()).join(" ")).toBe(
      "run a.yaml --set target.url=redis://:***@h --set=target.url=redis://:***@h --baseline-set target.url=redis://:***@h --out a=b",
    );
  });
});

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** For a test that is to be killed: see test/conformance/abandoned.test.ts. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL("../../..", import.meta.url)),
    include: [`test/support/abandoned/${process.env["ABANDONED_BY"]}.fixture.ts`],
    testTimeout: 120_000,
  },
});

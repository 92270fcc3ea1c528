import * as z from "zod";
import { defineEffect } from "../effect.js";

/** RST on the connections that are there at the injection, and on every new one until the heal. */
export const reset = defineEffect({
  keys: {
    reset: z
      .boolean()
      .optional()
      .describe("Network effect: RST on established connections, and on new ones until the heal."),
  },
  spec: { reset: z.boolean() },
  none: { reset: false },
  lasts: false,
  place: 1,
  words: ({ reset }) => (reset ? "connection reset" : null),
  stages: [
    (spec, host) => {
      if (spec.reset) host.cut("reset");
      return {};
    },
  ],
});

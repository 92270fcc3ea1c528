import * as z from "zod";
import { size } from "../../../input/leaves.js";
import { defineEffect } from "../effect.js";
import { byteCount } from "../values.js";
import { cutAfterBytes } from "./cut-after-bytes.js";
import { cutBeforeAnswer } from "./cut-before-answer.js";

/** Closes connections, after some more bytes or between a request and its answer. */
export const cut = defineEffect({
  keys: {
    cut: z
      .union([
        z.literal("before-answer"),
        z.strictObject({ afterBytes: size().describe("Bytes that a connection still passes before it is closed.") }),
      ])
      .optional()
      .describe(
        "Network effect: closes a connection after some bytes, or after a whole request and before its answer.",
      ),
  },
  spec: { cut: z.union([z.strictObject({ afterBytes: byteCount }), z.literal("before-answer"), z.null()]) },
  none: { cut: null },
  lasts: false,
  place: 6,
  words({ cut }) {
    if (cut === null) return null;
    return cut === "before-answer" ? "cut before the answer" : `cut after ${cut.afterBytes} B`;
  },
  stages: [cutAfterBytes, cutBeforeAnswer],
});

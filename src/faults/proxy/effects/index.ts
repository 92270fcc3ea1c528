import type { Effect } from "../stage.js";
import { bandwidth } from "./bandwidth.js";
import { cutAfterBytes } from "./cut-after-bytes.js";
import { cutBeforeAnswer } from "./cut-before-answer.js";
import { latency } from "./latency.js";
import { partition } from "./partition.js";
import { reset } from "./reset.js";
import { slowClose } from "./slow-close.js";

/**
 * Every kind of network fault, in the order in which data meets them from one socket to the other, whichever was
 * injected first: a wire is narrow before it is long, and what is cut is what would have arrived.
 */
export const EFFECTS: readonly Effect[] = [
  reset,
  bandwidth,
  latency,
  slowClose,
  partition,
  cutAfterBytes,
  cutBeforeAnswer,
];

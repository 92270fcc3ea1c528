/** The zod schemas of values with a grammar of their own. */
import { leaf, textOf } from "../input/leaf.js";
import {
  HANDLING_PATTERN,
  ID_PATTERN,
  MOMENT_PATTERN,
  PHASE_MOMENT_PATTERN,
  readHandlingTime,
  readId,
  readMoment,
  readPhaseMoment,
  readWhich,
} from "./values.js";

/** How long a handler takes. */
export const handlingTime = () =>
  leaf(readHandlingTime, textOf(HANDLING_PATTERN, "5ms", "uniform(1ms, 10ms)", "exponential(5ms)", "normal(5ms, 1ms)"));
/** A moment of the timeline. */
export const moment = () => leaf(readMoment, textOf(MOMENT_PATTERN, "chaos", "chaos+2s", "crash.end+1s"));
/** A moment after the start of a phase. */
export const phaseMoment = () => leaf(readPhaseMoment, textOf(PHASE_MOMENT_PATTERN, "chaos", "chaos+2s"));
/** The id of a fault. */
export const id = () => leaf(readId, { type: "string", pattern: `^${ID_PATTERN}$`, examples: ["crash"] });
/** Which processes a fault hits. */
export const which = () =>
  leaf(readWhich, {
    anyOf: [
      { type: "string", enum: ["random", "all"] },
      { type: "integer", minimum: 0 },
    ],
  });

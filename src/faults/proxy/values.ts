/** Values as they are sent to the proxy. */
import * as z from "zod";
import { bytes, ms, perSecond } from "../../units.js";

/** A delay that a timer can hold. */
export const delayMs = z.number().min(0).max(2_147_483_647).transform(ms);
/** Bytes per second; above 0. */
export const bytesPerSecond = z.number().positive().transform(perSecond);
/** A whole number of bytes. */
export const byteCount = z.int().nonnegative().transform(bytes);

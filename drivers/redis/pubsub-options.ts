import * as z from "zod";

/** What `target.options` may say. */
export const pubsubOptions = z.strictObject({
  autoPipelining: z.boolean().default(false).describe("send the publishes of one event-loop turn together"),
});
/** Options as the schema gives them back. */
export type PubsubOptions = z.infer<typeof pubsubOptions>;

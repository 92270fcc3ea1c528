import { defineFault } from "./definition.js";
import type { HoldFault } from "./spec.js";

/** Holds something of the system's own open; the heal lets it go, and fails where it had ended before. */
export const hold = defineFault({
  verb: "hold",
  targets: ["transaction"],
  summary: "Leaves a transaction open until the heal, so that dead rows can't be vacuumed; PostgreSQL only.",
  own: {},
  shared: ["for"],
  lasts: true,
  resolve: (what): HoldFault => ({ kind: "hold", what }),
  refused: ({ what }, { driver, can }) =>
    can.holds?.includes(what) ? null : { message: `driver ${driver.name} has no ${what} that could be held open` },
  async inject({ what }, { admin }) {
    const held = await admin.abilities?.hold?.(what);
    if (!held) throw new Error(`the driver can't hold a ${what} open`);
    return { description: held.description, heal: () => held.release() };
  },
});

import type { AgentPool } from "../engine/agent-pool.js";
import type { Broker } from "../hosts/broker.js";
import type { Admin } from "../spi/driver.js";
import type { Random } from "../stats/random.js";
import type { ProxyHandle } from "./proxy/client.js";

/** What a fault may break. */
export interface FaultContext {
  /** `null` when the driver has no broker process that havoq runs. */
  readonly broker: Broker | null;
  /** Knows which node of the broker has which role, and holds open what the system has. */
  readonly admin: Admin;
  /** `null` when the scenario has no network fault. */
  readonly proxy: ProxyHandle | null;
  readonly agents: AgentPool;
  /** Seeded choices, such as which worker crashes. */
  readonly random: Random;
  /** Name of this injection, unique in the run. */
  readonly injectionId: string;
}

import type { Endpoint, NodeAddress } from "../../src/spi/broker.js";

/** What the sentinels call the primary that they watch. */
export const MASTER_NAME = "havoq";
/** The servers; which of them is the primary may change, the first begins as it. */
export const SERVERS = ["redis-1", "redis-2"] as const;
/** The processes that watch over the servers. */
export const SENTINELS = ["sentinel-1", "sentinel-2", "sentinel-3"] as const;
/** Sentinels that have to agree that the primary is down. */
export const QUORUM = 2;

const isSentinel = ({ name }: NodeAddress) => SENTINELS.some((sentinel) => sentinel === name);

/** Where the sentinels of a broker listen; none of a broker without. */
export const sentinelsOf = ({ nodes = [] }: Endpoint): readonly NodeAddress[] => nodes.filter(isSentinel);

/** Where the servers of a broker with sentinels listen. */
export const serversOf = ({ nodes = [] }: Endpoint): readonly NodeAddress[] =>
  nodes.filter((node) => !isSentinel(node));

/** Roles that `nodeInRole` knows. */
export const SERVER_ROLES = ["primary", "replica"] as const;

import { totalmem } from "node:os";
import { GenericContainer } from "testcontainers";
import type { ContainerSpec, Limits } from "../../spi/broker.js";

/** What a container is made of. */
export interface ContainerPlan {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: ContainerSpec;
  /** Published to this machine's loopback, under the same numbers. */
  readonly ports: readonly number[];
  readonly volume: string;
  readonly limits: Limits;
  /** Whether testcontainers' Ryuk removes it, should havoq be killed. */
  readonly ryuk: boolean;
}

/** Time slice of the kernel's CPU limit. */
const CPU_PERIOD_US = 100_000;

/** A container of testcontainers that publishes its ports to loopback only, which it has no way to say. */
export class BrokerContainer extends GenericContainer {
  /** Known as soon as the container exists, even when its start fails. */
  id: string | null = null;

  constructor(image: string, { name, labels, spec, ports, volume, limits, ryuk }: ContainerPlan) {
    super(image);
    this.withName(name)
      .withLabels(labels)
      .withCommand([...spec.command])
      .withAutoCleanup(ryuk)
      .withAutoRemove(false);
    this.withEnvironment(spec.env ?? {}).withBindMounts([{ source: volume, target: spec.data }]);
    if (spec.entrypoint) this.withEntrypoint([...spec.entrypoint]);
    if (spec.user !== undefined) this.withUser(spec.user);
    const files = Object.entries(spec.files ?? {});
    if (files.length > 0)
      this.withCopyContentToContainer(files.map(([target, content]) => ({ target, content, mode: 0o644 })));
    const published = ports.map((port) => [`${port}/tcp`, [{ HostIp: "127.0.0.1", HostPort: String(port) }]] as const);
    this.createOpts.ExposedPorts = Object.fromEntries(published.map(([port]) => [port, {}]));
    Object.assign(this.hostConfig, { PortBindings: Object.fromEntries(published) });
    if (limits.cpu !== null || limits.memory !== null) Object.assign(this.hostConfig, engineLimits(limits));
  }

  protected override async containerCreated(id: string): Promise<void> {
    this.id = id;
  }
}

/** Limits as the engine takes them; where there is none, what lifts one that was set before. */
export function engineLimits({ cpu, memory }: Limits) {
  const bytes = memory ?? totalmem();
  return {
    CpuPeriod: CPU_PERIOD_US,
    CpuQuota: cpu === null ? -1 : Math.round(cpu * CPU_PERIOD_US),
    Memory: bytes,
    MemorySwap: bytes,
  };
}

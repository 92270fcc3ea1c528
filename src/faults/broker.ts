import type { BrokerFault, FaultSpec } from "../scenario/scenario.js";
import type { Inject } from "../spi/fault.js";
import type { FaultContext } from "./context.js";

type Spec = FaultSpec & BrokerFault;

/** Breaks the broker process: SIGKILL, SIGTERM or SIGSTOP; the heal starts it again on the same port and data. */
export const injectBrokerFault: Inject<Spec, FaultContext> = async (spec, { broker }) => {
  if (!broker) throw new Error("this run has no broker process to break");
  const pid = broker.pid;
  switch (spec.action) {
    case "kill":
      await broker.kill();
      return { description: `SIGKILL of the broker (pid ${pid})`, heal: () => broker.start() };
    case "stop":
    case "restart":
      await broker.stop();
      return { description: `SIGTERM of the broker (pid ${pid})`, heal: () => broker.start() };
    case "pause":
      await broker.pause();
      return { description: `SIGSTOP of the broker (pid ${pid})`, heal: () => broker.resume() };
  }
};

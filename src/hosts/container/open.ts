import type { BrokerRecipe, LaunchRequest, Limits } from "../../spi/broker.js";
import { type Broker, BrokerStartError } from "../broker.js";
import { NodesBroker } from "../nodes-broker.js";
import { choosePorts } from "../ports.js";
import { ContainerNode } from "./container-node.js";
import { connectEngine, type Engine } from "./engine.js";
import { imageWithDigest } from "./image.js";
import { runLabels } from "./labels.js";

/** What a broker in a container is opened with. */
export interface ContainerBrokerRequest {
  readonly runId: string;
  readonly image: string;
  readonly settings: unknown;
  readonly limits: Limits;
  readonly sides: LaunchRequest<unknown>["sides"];
  readonly logFile: string;
  readonly signal?: AbortSignal;
  readonly onUnexpectedExit?: ((text: string) => void) | undefined;
}

/** The broker's name in a fault; it has one node. */
const NODE = "broker";
/** The version that testcontainers would take. */
const RYUK_IMAGES = /^testcontainers\/ryuk:/;

/** Starts a broker in a container and waits until it is ready; throws `BrokerStartError`. */
export async function openContainerBroker(recipe: BrokerRecipe, request: ContainerBrokerRequest): Promise<Broker> {
  const { runId, image, settings, limits, sides, logFile, signal, onUnexpectedExit } = request;
  if (!recipe.container) throw new BrokerStartError(recipe.name, "has no container image", image, "");
  const engine = await connectEngine();
  const ports = (await choosePorts(recipe, settings))[NODE];
  if (!ports) throw new BrokerStartError(recipe.name, "has several nodes", image, "");
  const node = await ContainerNode.start(recipe, {
    engine,
    image,
    spec: recipe.container.describe({ ports, sides, settings }),
    ports,
    published: [ports.client, ...(sides ? [sides.producers.listen, sides.workers.listen] : [])],
    name: `havoq-${runId}`,
    labels: runLabels(runId),
    limits,
    ryuk: await hasRyuk(engine),
    logFile,
    signal,
    onUnexpectedExit,
  });
  const digest = await imageWithDigest(engine, image);
  return new NodesBroker({ kind: "container", what: image, image: digest, logFile }, new Map([[NODE, node]]));
}

/** Ryuk removes what a killed havoq left; where its image is not at hand, the next havoq does. */
async function hasRyuk(engine: Engine): Promise<boolean> {
  const images = await engine.listImages();
  return images.some(({ RepoTags }) => RepoTags?.some((tag) => RYUK_IMAGES.test(tag)) ?? false);
}

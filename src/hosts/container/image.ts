import type { BrokerRecipe } from "../../spi/broker.js";
import { connectEngine, type Engine } from "./engine.js";

/** Environment variable that names another image for a recipe, such as HAVOQ_IMAGE_REDIS. */
export const imageVariable = (recipe: string): string => `HAVOQ_IMAGE_${recipe.toUpperCase()}`;

/** The image for a recipe: the scenario's, that of the environment, or the official one; `null` when there is none. */
export function imageFor({ name, container }: BrokerRecipe, wanted: string | undefined): string | null {
  if (!container) return null;
  return wanted ?? (process.env[imageVariable(name)] || container.image);
}

/** Whether the engine has an image. */
export async function hasImage(image: string): Promise<boolean> {
  const engine = await connectEngine();
  return (await inspect(engine, image)) !== null;
}

/** Gets an image from its registry; throws with what the engine says. */
export async function pullImage(image: string): Promise<void> {
  const engine = await connectEngine();
  const stream: NodeJS.ReadableStream = await engine.pull(image.includes(":") ? image : `${image}:latest`);
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(stream, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

/** `redis:7.4.2@sha256:…`: the digest of its registry, or the id of an image that was built here. */
export async function imageWithDigest(engine: Engine, image: string): Promise<string> {
  const found = await inspect(engine, image);
  const digest = found?.RepoDigests?.[0]?.split("@")[1] ?? found?.Id;
  return digest === undefined ? image : `${image}@${digest}`;
}

async function inspect(engine: Engine, image: string) {
  return engine
    .getImage(image)
    .inspect()
    .catch((error: unknown) => {
      if (error instanceof Error && "statusCode" in error && error.statusCode === 404) return null;
      throw error;
    });
}

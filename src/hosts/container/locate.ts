import type { BrokerRecipe, Located, Missing } from "../../spi/broker.js";
import { findEngine } from "./engine.js";
import { hasImage, imageFor, imageVariable, pullImage } from "./image.js";

/** What decides whether a broker can run in a container. */
export interface ContainerWish {
  readonly settings: unknown;
  /** In place of the recipe's own. */
  readonly image: string | undefined;
  /** Whether an image that the engine lacks is got from its registry; else it is only said that it would be. */
  readonly pull: boolean;
  /** Told that an image is being got, which may take minutes. */
  readonly say?: ((text: string) => void) | undefined;
}

/** Finds the Docker engine and the image of a broker; the executable is the image. */
export async function locateContainer(recipe: BrokerRecipe, wish: ContainerWish): Promise<Located | Missing> {
  const image = imageFor(recipe, wish.image);
  if (image === null)
    return missing(`${recipe.name} has no container image`, `use host: ${recipe.process?.hosts[0] ?? "auto"}`);
  if ((recipe.server.cluster?.nodes(wish.settings) ?? []).length > 1)
    return missing("a broker of several nodes does not run in containers", "use host: local");
  const engine = await findEngine();
  if ("reason" in engine)
    return missing(engine.reason, "apt-get install docker.io, and start dockerd; or use host: local or host: auto");
  const found = (where: string): Located => ({ found: true, what: `${image} ${where}`, executable: image });
  if (await hasImage(image)) return found(`on ${engine.what}`);
  if (!wish.pull) return found(`on ${engine.what}, to be pulled at its first use`);
  wish.say?.(`getting image ${image}`);
  try {
    await pullImage(image);
    return found(`on ${engine.what}`);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return missing(`image ${image} is not here and can't be pulled: ${text.trim()}`, buildHint(recipe.name));
  }
}

/** The images in `docker/` need no registry. */
function buildHint(name: string): string {
  const folder = name === "sqs" ? "elasticmq" : name;
  return `docker/build.sh ${folder}, and then export ${imageVariable(name)}=havoq/${folder}:local`;
}

const missing = (reason: string, hint: string): Missing => ({ found: false, reason, hint });

import { EnvironmentError } from "../errors.js";
import { hostPort } from "../host-port.js";
import type { BrokerRecipe, Endpoint } from "../spi/broker.js";

/** Errors that only a mistake in havoq's own code makes. */
const OWN_MISTAKES = [TypeError, RangeError, ReferenceError, SyntaxError];

/** A step of a setup; what it fails with says whose fault it is. */
export async function explained<T>(recipe: BrokerRecipe | null, endpoint: Endpoint, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw setupError(recipe, endpoint, error);
  }
}

/**
 * What a setup failed with, as what it is: a fault of the environment where the server refused it or could not do it. A
 * mistake of havoq, an interruption, and what has been explained already stay as they are.
 */
function setupError(recipe: BrokerRecipe | null, endpoint: Endpoint, error: unknown): unknown {
  const explained = error instanceof EnvironmentError || (error instanceof Error && error.name === "AbortError");
  if (recipe === null || explained || OWN_MISTAKES.some((kind) => error instanceof kind)) return error;
  const place = `${recipe.name} at ${hostPort(endpoint)}`;
  const refusal = recipe.server.refusal(error);
  if (refusal !== null) {
    const message = `${place} refuses to be set up for the run: ${refusal.words}`;
    return new EnvironmentError(message, refusal.hint, { cause: error });
  }
  const text = error instanceof Error ? error.message : String(error);
  return new EnvironmentError(`${place} could not be set up for the run: ${text}`, "see the broker's log", {
    cause: error,
  });
}

import type { Payload } from "../payload.js";

/** Reads the page's data block. */
export async function readPayload(): Promise<Payload> {
  const block = document.getElementById("havoq-data");
  const packed = Uint8Array.from(atob(block?.textContent ?? ""), (letter) => letter.charCodeAt(0));
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return (await new Response(inflated).json()) as Payload;
}

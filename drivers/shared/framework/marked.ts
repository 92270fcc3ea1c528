const MARKER = /havoq:([A-Za-z0-9+/]+={0,2})\./;

/**
 * The payload in what a framework's serializer made of a message: the SDK writes it as "havoq:<base64>.", which JSON and
 * pickle leave as it is. `null` when there is none.
 */
export function markedPayload(bytes: Buffer): Buffer | null {
  const found = MARKER.exec(bytes.toString("latin1"))?.[1];
  return found === undefined ? null : Buffer.from(found, "base64");
}

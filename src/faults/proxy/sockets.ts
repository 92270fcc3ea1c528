import type { Socket } from "node:net";

/**
 * Ends a socket with an RST, so that its peer sees ECONNRESET. A socket that is not connected is only destroyed, and so
 * is one with a FIN still on its way out, where the kernel's linger must not be touched.
 */
export function resetSocket(socket: Socket): void {
  const shuttingDown = socket.writableEnded && !socket.writableFinished;
  if (socket.destroyed || socket.connecting || socket.pending || shuttingDown) socket.destroy();
  else socket.resetAndDestroy();
}

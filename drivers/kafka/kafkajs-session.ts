import { connect, isIP, isIPv6, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type ISocketFactory, Kafka, type KafkaConfig, type LogEntry, logLevel, type RetryOptions } from "kafkajs";
import type { Endpoint } from "../../src/spi/broker.js";
import { bootstrap, CLIENT_ID, isTls, saslOf } from "./address.js";

/** What a session is made with. */
export interface SessionRequest {
  readonly endpoint: Endpoint;
  readonly requestTimeoutMs: number;
  readonly retry: RetryOptions;
  onClientError(error: unknown): void;
}

/** As kafkajs' own sockets. */
const KEEP_ALIVE_DELAY_MS = 60_000;
const CONNECTION_TIMEOUT_MS = 3000;

/** kafkajs takes what is behind the first colon for the port: an IPv6 address passes through it without any. */
const withoutColons = (host: string): string => host.replaceAll(":", "_");

/** A host as it was before `withoutColons`. */
function withColons(host: string): string {
  const address = host.replaceAll("_", ":");
  return isIPv6(address) ? address : host;
}

/** A kafkajs client whose connections can be dropped, as they are when a process dies. */
export class KafkajsSession {
  readonly kafka: Kafka;
  private readonly sockets = new Set<Socket>();
  private dropped = false;
  private reported = "";

  constructor(private readonly request: SessionRequest) {
    const { endpoint, requestTimeoutMs, retry } = request;
    const sasl = saslOf(endpoint);
    const config: KafkaConfig = {
      clientId: CLIENT_ID,
      brokers: bootstrap(endpoint).map(({ host, port }) => `${withoutColons(host)}:${port}`),
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs,
      retry,
      logLevel: logLevel.ERROR,
      logCreator: () => (entry) => this.report(entry),
      socketFactory: this.openSocket,
      ...(isTls(endpoint) ? { ssl: true } : {}),
      ...(sasl ? { sasl } : {}),
    };
    this.kafka = new Kafka(config);
  }

  get isDropped(): boolean {
    return this.dropped;
  }

  /** Destroys every connection, and each that the library would still make. */
  drop(): void {
    this.dropped = true;
    for (const socket of this.sockets) socket.destroy();
  }

  private readonly openSocket: ISocketFactory = ({ host: named, port, ssl, onConnect }) => {
    const host = withColons(named);
    const secure = { host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl };
    const socket = ssl ? connectTls(secure, onConnect) : connect({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
    if (this.dropped) socket.destroy(new Error("the client was closed"));
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
    return socket;
  };

  /** The library reports the same trouble with each of its attempts; one report of each is enough. */
  private report({ namespace, log: { message, error } }: LogEntry): void {
    const text = `${namespace}: ${message}${error === undefined || message.includes(String(error)) ? "" : ` (${error})`}`;
    if (this.dropped || text === this.reported) return;
    this.reported = text;
    this.request.onClientError(new Error(text));
  }
}

import { QueueDoesNotExist, SQSClient, SQSServiceException } from "@aws-sdk/client-sqs";
import { hostPort } from "../../src/host-port.js";
import type { Endpoint } from "../../src/spi/broker.js";
import { Slots } from "../shared/slots.js";

/** What a client is made with. */
export interface ClientRequest {
  readonly endpoint: Endpoint;
  /** Requests that may be under way at once. */
  readonly sockets: number;
  /** Attempts of one call, the first included. */
  readonly attempts: number;
}

const CONNECTION_TIMEOUT_MS = 5000;
/** Longer than the longest long poll. */
const REQUEST_TIMEOUT_MS = 30_000;
const DEFAULT_REGION = "us-east-1";

// The SDK's note that Node 20 will end is not about the user's run, and would be printed into each.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/** Makes a client of the real SDK; without a URL (embedded host) with made-up credentials. */
export function sqsClient({ endpoint, sockets, attempts }: ClientRequest): SQSClient {
  const agent = { keepAlive: true, maxSockets: sockets };
  const { host, port, url } = endpoint;
  const client = new SQSClient({
    endpoint: url ?? `http://${hostPort(endpoint)}`,
    // A queue's URL names the broker, and would lead around havoq's proxy.
    useQueueUrlAsEndpoint: false,
    region: regionOf(url),
    maxAttempts: attempts,
    requestHandler: {
      httpAgent: agent,
      httpsAgent: agent,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...(url === undefined ? { credentials: { accessKeyId: "havoq", secretAccessKey: "havoq" } } : {}),
  });
  waitForSocket(client, sockets);
  if (url !== undefined) connectTo(client, host, port);
  return client;
}

/** A request that waits for a free socket waits here: the SDK would count it as one that can't connect, and give it up. */
function waitForSocket(client: SQSClient, sockets: number): void {
  const slots = new Slots(sockets);
  client.middlewareStack.add(
    (next) => async (args) => {
      await slots.take(1);
      try {
        return await next(args);
      } finally {
        slots.give(1);
      }
    },
    { step: "finalizeRequest", priority: "low", name: "havoqWaitForSocket" },
  );
}

/** Region in an AWS host name, or that of the environment. */
function regionOf(url: string | undefined): string {
  if (url === undefined) return DEFAULT_REGION;
  const named = /^sqs\.([a-z0-9-]+)\.amazonaws\.com/.exec(new URL(url).hostname)?.[1];
  return named ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"] ?? DEFAULT_REGION;
}

/** Sends what was signed for the URL's host to another address (havoq's proxy); TLS still asks for the URL's host. */
function connectTo(client: SQSClient, host: string, port: number): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      if (isAddressed(args.request)) {
        args.request.hostname = host;
        args.request.port = port;
      }
      return next(args);
    },
    { step: "deserialize", name: "havoqConnectTo", priority: "low" },
  );
}

function isAddressed(request: unknown): request is { hostname: string; port?: number } {
  return typeof request === "object" && request !== null && "hostname" in request;
}

/** Whether the queue is gone: deleted, or forgotten by an emulator that was restarted. */
export const isQueueGone = (error: unknown): boolean =>
  error instanceof QueueDoesNotExist || (error instanceof SQSServiceException && /NonExistentQueue/.test(error.name));

/** Whether the service said that it did not do what it was asked for. */
export function isRefusal(error: unknown): error is SQSServiceException {
  if (!(error instanceof SQSServiceException)) return false;
  const status = error.$metadata.httpStatusCode ?? 0;
  // 408 is a time-out, which tells nothing of the outcome.
  return status >= 400 && status < 500 && status !== 408;
}

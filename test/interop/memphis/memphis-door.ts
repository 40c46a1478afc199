import assert from "node:assert/strict";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Listener, Socket } from "@oxbow/base";
import { MemphisGateway } from "@oxbow/gateways/memphis";
import { nodeHost } from "@oxbow/node-host";
import { createMemphisInstance, type Memphis } from "memphis-dev";
import { dialTcp } from "./tcp-socket.ts";

type Consumer = Awaited<ReturnType<Memphis["consumer"]>>;
export type Message = Awaited<ReturnType<Consumer["fetch"]>>[number];

/** What the gateway connects with in its own name. */
export interface OwnCredentials {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
}

/** A gateway before a server of the test, and SDKs that use it; all of it ends when disposed of. */
export class MemphisDoor implements AsyncDisposable {
  readonly #server: { readonly port: number };
  readonly #own: OwnCredentials;
  readonly #clients: Memphis[] = [];
  #gateway: OpenGateway;

  private constructor(
    server: { readonly port: number },
    own: OwnCredentials,
    gateway: OpenGateway,
  ) {
    this.#server = server;
    this.#own = own;
    this.#gateway = gateway;
  }

  /** @param own - Credentials of the gateway itself, where the server asks for some. */
  static async open(
    server: { readonly port: number },
    own: OwnCredentials = {},
  ): Promise<MemphisDoor> {
    return new MemphisDoor(server, own, await openGateway(server, own, 0));
  }

  get port(): number {
    return this.#gateway.listener.port;
  }

  /** Closes the gateway, which cuts off its clients, and opens another one in its place. */
  async reopen(): Promise<void> {
    const { port } = this;
    await this.#close();
    this.#gateway = await openGateway(this.#server, this.#own, port);
  }

  /** Connects the published SDK. */
  async connect(options: Partial<Parameters<Memphis["connect"]>[0]> = {}): Promise<Memphis> {
    const memphis = createMemphisInstance();
    await memphis.connect({
      host: "127.0.0.1",
      port: this.port,
      username: "root",
      password: "memphis",
      suppressLogs: true,
      timeoutMs: 20_000,
      reconnectIntervalMs: 20,
      ...options,
    });
    this.#clients.push(memphis);
    return memphis;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#close();
  }

  async #close(): Promise<void> {
    await this.#gateway.listener.close();
    await this.#gateway.gateway.close();
  }
}

/** A gateway, and the port that it is reached at. */
interface OpenGateway {
  readonly gateway: MemphisGateway;
  readonly listener: Listener;
}

async function openGateway(
  server: { readonly port: number },
  own: OwnCredentials,
  port: number,
): Promise<OpenGateway> {
  const { net, clock, logger } = nodeHost();
  const connectAs = ({ user, password, token }: OwnCredentials): Promise<NatsConnection> =>
    connect({
      servers: `127.0.0.1:${server.port}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 20,
      ...(user !== undefined && { user }),
      ...(password !== undefined && { pass: password }),
      ...(token !== undefined && { token }),
    });
  const engine = { dial: () => dialTcp(server.port), connectAs, connect: () => connectAs(own) };
  const gateway = await MemphisGateway.open({ clock, logger, engine });
  const accept = (socket: Socket): void => gateway.accept(socket);
  return { gateway, listener: await net.listen({ host: "127.0.0.1", port }, accept) };
}

/**
 * Checks what the SDK fails with. Where an answer has come in pieces it shows the numbers of its bytes instead of a text.
 */
export async function refuses(promise: Promise<unknown>, text: RegExp): Promise<void> {
  await assert.rejects(promise, ({ message }: Error) => {
    const isNumbers = /^\d+(?:,\d+)*$/.test(message);
    const bytes = message.split(",").map(Number);
    assert.match(isNumbers ? Buffer.from(bytes).toString() : message, text);
    return true;
  });
}

/** The bodies of messages of the SDK. */
export function textsOf(messages: readonly Message[]): string[] {
  return messages.map((message) => Buffer.from(message.getData()).toString());
}

/** Fetches until there are so many. */
export async function fetch(
  consumer: { fetch(options: { batchSize: number }): Promise<Message[]> },
  count: number,
): Promise<Message[]> {
  const messages: Message[] = [];
  while (messages.length < count) {
    messages.push(...(await consumer.fetch({ batchSize: count - messages.length })));
  }
  return messages;
}

/** Fetches until there are so many, and acknowledges them. */
export async function take(consumer: Consumer, count: number): Promise<string[]> {
  const messages = await fetch(consumer, count);
  for (const message of messages) message.ack();
  return textsOf(messages);
}

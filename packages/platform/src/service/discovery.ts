import { type Msg, type NatsConnection, nuid, type Subscription } from "@nats-io/nats-core";
import { apiVersion, type OperationName, operations, subjectPattern } from "oxbow/control";
import type { EndpointStats } from "./endpoint-stats.ts";

/** The queue in which platforms share their work. */
export const serviceQueue = "oxbow";

const serviceName = "oxbow";

/** An endpoint as discovery shows it. */
export interface DiscoverableEndpoint {
  readonly operation: OperationName;
  readonly stats: EndpointStats;
}

/** Makes a service findable by the micro protocol of NATS (ADR-32): `nats micro ls`, `info`, `stats`. */
export class Discovery {
  readonly #id = nuid.next();
  readonly #started = new Date().toISOString();
  readonly #version: string;
  readonly #endpoints: readonly DiscoverableEndpoint[];
  readonly #subscriptions: Subscription[] = [];
  /** By subject. */
  readonly #answers: ReadonlyMap<string, () => unknown>;

  /** @param version - As of semantic versioning. */
  constructor(version: string, endpoints: readonly DiscoverableEndpoint[]) {
    this.#version = version;
    this.#endpoints = endpoints;
    const verbs = {
      PING: () => this.#identity("ping"),
      INFO: () => this.#info(),
      STATS: () => this.#stats(),
    };
    const suffixes = ["", `.${serviceName}`, `.${serviceName}.${this.#id}`];
    this.#answers = new Map(
      Object.entries(verbs).flatMap(([verb, describe]) =>
        suffixes.map((suffix) => [`$SRV.${verb}${suffix}`, describe] as const),
      ),
    );
  }

  open(connection: NatsConnection): void {
    const callback = (error: Error | null, message: Msg): void => {
      const text = error === null ? this.answerTo(message.subject) : undefined;
      if (text !== undefined) answer(message, text);
    };
    for (const subject of this.#answers.keys()) {
      this.#subscriptions.push(connection.subscribe(subject, { callback }));
    }
  }

  /** The answer to a request on a subject; `undefined` if it is not for this service. */
  answerTo(subject: string): string | undefined {
    const describe = this.#answers.get(subject);
    return describe && JSON.stringify(describe());
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  #identity(kind: "ping" | "info" | "stats"): Readonly<Record<string, unknown>> {
    return {
      type: `io.nats.micro.v1.${kind}_response`,
      name: serviceName,
      id: this.#id,
      version: this.#version,
      metadata: { api: String(apiVersion) },
    };
  }

  #info(): Readonly<Record<string, unknown>> {
    return {
      ...this.#identity("info"),
      description: "The platform of Oxbow: stations, consumer groups, schemas",
      endpoints: this.#endpoints.map(({ operation }) => {
        const { summary, request, response } = operations[operation];
        return { ...addressOf(operation), metadata: { summary, request, response } };
      }),
    };
  }

  #stats(): Readonly<Record<string, unknown>> {
    return {
      ...this.#identity("stats"),
      started: this.#started,
      endpoints: this.#endpoints.map(({ operation, stats }) => ({
        ...addressOf(operation),
        ...stats.describe(),
      })),
    };
  }
}

/** Names of endpoints have no dots. */
function addressOf(operation: OperationName): Readonly<Record<string, string>> {
  return {
    name: operation.replaceAll(".", "-"),
    subject: subjectPattern(operation),
    queue_group: serviceQueue,
  };
}

function answer(message: Msg, text: string): void {
  try {
    message.respond(text);
  } catch {
    // The connection is gone, and with it who asked.
  }
}

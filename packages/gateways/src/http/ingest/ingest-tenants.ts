import type { NatsConnection } from "@nats-io/nats-core";
import { type IngestDocument, Ingests } from "@oxbow/platform";
import type { Oxbow } from "oxbow";
import { clientOver, type Tracing } from "oxbow/internal";

/** @returns A connection of the platform itself to what a tenant has; `undefined` if there is no such tenant. */
type ConnectTo = (tenant: string) => Promise<NatsConnection | undefined>;

/** What a tenant has, for the platform itself. */
export class IngestTenant {
  readonly connection: NatsConnection;
  /** Produces into any station. */
  readonly client: Oxbow;
  readonly #name: string;
  #ingests: Ingests | undefined = undefined;

  constructor(name: string, connection: NatsConnection, tracing?: Tracing) {
    this.#name = name;
    this.connection = connection;
    this.client = clientOver(connection, "ingest", {
      name: "Webhooks",
      ...(tracing !== undefined && { tracing }),
    });
  }

  /** Read anew each time: one that was deleted or changed a moment ago takes nothing more as it was. */
  async find(id: string): Promise<IngestDocument | undefined> {
    this.#ingests ??= await Ingests.openIfAny(this.connection, { tenant: this.#name });
    return this.#ingests?.find(id);
  }
}

/**
 * The connections by which what comes in at ingest URLs is produced: one for each tenant, from its first request on. They are
 * the platform's own, since a sender of webhooks is no user (ADR 19).
 */
export class IngestTenants {
  readonly #connectTo: ConnectTo;
  readonly #tracing: Tracing | undefined;
  readonly #tenants: Map<string, Promise<IngestTenant | undefined>> = new Map();

  /** @param tracing - Writes down what is produced. */
  constructor(connectTo: ConnectTo, tracing?: Tracing) {
    this.#tracing = tracing;
    this.#connectTo = connectTo;
  }

  /** `undefined` if there is no such tenant. */
  of(name: string): Promise<IngestTenant | undefined> {
    const found = this.#tenants.get(name);
    if (found !== undefined) return found;
    const opening = this.#open(name);
    this.#tenants.set(name, opening);
    void this.#forgetWhenOver(name, opening);
    return opening;
  }

  async close(): Promise<void> {
    const tenants = [...this.#tenants.values()];
    this.#tenants.clear();
    await Promise.all(
      tenants.map(async (opening) => (await opening.catch(() => undefined))?.connection.close()),
    );
  }

  async #open(name: string): Promise<IngestTenant | undefined> {
    const connection = await this.#connectTo(name);
    return connection && new IngestTenant(name, connection, this.#tracing);
  }

  /** Of names that no tenant has nothing is kept, since anybody can write them. */
  async #forgetWhenOver(name: string, opening: Promise<IngestTenant | undefined>): Promise<void> {
    const tenant = await opening.catch(() => undefined);
    await tenant?.connection.closed();
    if (this.#tenants.get(name) === opening) this.#tenants.delete(name);
  }
}

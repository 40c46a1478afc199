import { createHash } from "node:crypto";
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { Schemas } from "@oxbow/platform";
import type { Yard } from "../yard.ts";
import type { CrashOperation, Observed } from "./operation.ts";

const format = "json" as const;

/** Each schema has texts of its own. */
function text(id: string, version: number): string {
  const properties = { a: { type: "integer" }, ...(version > 1 && { b: { type: "string" } }) };
  return JSON.stringify({ title: id, type: "object", properties, required: ["a"] });
}

function digest(id: string, version: number): string {
  return createHash("sha256").update(text(id, version)).digest("hex");
}

function isTextKept(connection: NatsConnection, id: string, version: number): Promise<boolean> {
  return new Kvm(connection)
    .open("oxbow")
    .then((kv) => kv.get(`text.${digest(id, version)}`))
    .then((entry) => entry?.operation === "PUT");
}

/** A schema, what its station is told of it, and whether that can be used. */
async function observe(yard: Yard, id: string): Promise<Observed> {
  const { schemas, connection } = yard;
  const schema = await schemas.find(id);
  const versions = schema?.versions.map(({ number, isActive, bytes }) => ({
    ...{ number, isActive, bytes },
  }));
  const texts = await Promise.all(
    (schema?.versions ?? []).map(async ({ number }) => (await schemas.definition(id, number)).text),
  );
  const attachment = (await schemas.attachment(id)) ?? null;
  return {
    view: {
      ...{ versions, texts, attachment },
      policy: await policyOf(schemas, id),
      judged: await judgedBy(yard, id),
    },
    problems: [],
    beneath: await Promise.all([1, 2].map((version) => isTextKept(connection, id, version))),
  };
}

/** What a station says of messages that do not fit one version, or another; nothing where no server acts on it. */
async function judgedBy({ place, js, stations }: Yard, id: string): Promise<unknown> {
  if (!place.isEnforced || (await stations.find(id)) === undefined) return undefined;
  return Promise.all(
    ['{"a":"text"}', '{"a":1,"b":1}'].map((message) =>
      js.publish(id, message).then(
        ({ stream }) => stream,
        ({ code }: { readonly code?: number }) => code ?? "no answer",
      ),
    ),
  );
}

async function policyOf(schemas: Schemas, id: string): Promise<unknown> {
  const stop = new AbortController();
  for await (const { station, policy } of schemas.watchPolicies(stop.signal)) {
    if (station === undefined) break;
    if (station !== id) continue;
    return { version: policy?.version, problem: policy?.problem };
  }
  return null;
}

async function clear(yard: Yard, id: string): Promise<void> {
  await yard.schemas.detach(id);
  await yard.schemas.delete(id);
  await yard.schemas.delete(`${id}-2`);
  await yard.stations.delete(id);
}

async function prepareSchema(yard: Yard, id: string): Promise<void> {
  await yard.schemas.create(id, { format, text: text(id, 1) });
}

async function prepareAttached(yard: Yard, id: string): Promise<void> {
  await yard.stations.create(id);
  await prepareSchema(yard, id);
  await yard.schemas.attach(id, { schema: id });
}

/** A document as the registry keeps it. */
function document(id: string, versions: readonly number[]): string {
  return JSON.stringify({
    version: 1,
    format,
    compatibility: "backward",
    active: versions.at(-1),
    nextNumber: versions.length + 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    versions: versions.map((number) => ({
      number,
      text: digest(id, number),
      bytes: Buffer.byteLength(text(id, number)),
      messageName: null,
      references: [],
      createdAt: "2026-01-01T00:00:00.000Z",
    })),
  });
}

export const schemaCreate: CrashOperation = {
  name: "schema.create",
  prepare: () => Promise.resolve(),
  request: (id) => ({
    operation: "schema.create",
    names: { schema: id },
    body: { format, text: text(id, 1) },
  }),
  observe,
  clear,
  plant: {
    bug: "a schema is there before its text is",
    run: async ({ connection }, id) => {
      const kv = await new Kvm(connection).open("oxbow");
      await kv.put(`schema.${id}`, document(id, [1]));
      await kv.put(`text.${digest(id, 1)}`, text(id, 1));
    },
  },
};

export const schemaAddVersion: CrashOperation = {
  name: "schema.addVersion of an attached schema",
  prepare: prepareAttached,
  request: (id) => ({
    operation: "schema.addVersion",
    names: { schema: id },
    body: { text: text(id, 2), isActivated: true },
  }),
  observe,
  clear,
  plant: {
    bug: "a version is active before its text is there",
    run: async ({ connection }, id) => {
      const kv = await new Kvm(connection).open("oxbow");
      await kv.put(`schema.${id}`, document(id, [1, 2]));
      await kv.put(`text.${digest(id, 2)}`, text(id, 2));
    },
  },
};

export const schemaDelete: CrashOperation = {
  name: "schema.delete",
  prepare: prepareSchema,
  request: (id) => ({ operation: "schema.delete", names: { schema: id }, body: {} }),
  observe,
  clear,
  plant: {
    bug: "the text of a schema goes before the schema does",
    run: async ({ connection }, id) => {
      const kv = await new Kvm(connection).open("oxbow");
      await kv.purge(`text.${digest(id, 1)}`);
      await kv.purge(`schema.${id}`);
    },
  },
};

export const attachmentSet: CrashOperation = {
  name: "attachment.set in the place of another",
  prepare: async (yard, id) => {
    await prepareAttached(yard, id);
    await yard.schemas.create(`${id}-2`, { format, text: text(id, 2) });
  },
  request: (id) => ({
    operation: "attachment.set",
    names: { station: id },
    body: { schema: `${id}-2`, mode: "divert" },
  }),
  observe,
  clear,
  plant: {
    bug: "a station is without a schema before it has another one",
    run: async ({ connection }, id) => {
      const schemas = await Schemas.open(connection);
      await schemas.detach(id);
      await schemas.attach(id, { schema: `${id}-2`, mode: "divert" });
    },
  },
};

export const schemaOperations: readonly CrashOperation[] = [
  schemaCreate,
  schemaAddVersion,
  schemaDelete,
  attachmentSet,
];

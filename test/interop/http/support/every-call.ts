import assert from "node:assert/strict";
import type { HttpScene } from "../http-scene.ts";
import type { Operation } from "./document.ts";
import type { Call } from "./generated-client.ts";

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of an answer
type Data = any;
type Ask = (operation: string, ...given: readonly unknown[]) => Promise<Data>;

interface Login {
  readonly user: string;
  readonly password: string;
}

/** What stands in paths, of what there is when everything is read. */
const names: Readonly<Record<string, string | number>> = {
  station: "orders",
  group: "billing",
  schema: "order",
  partition: 1,
  sequence: 3,
};

/**
 * Asks for each operation at least once. Whoever adds a route that changes something, or reads what has a name of its own,
 * adds its call here; what can be read of the station `orders`, or without any name, is read by itself.
 */
export async function everyCall(
  calls: Readonly<Record<string, Call>>,
  http: HttpScene,
  owner: Login,
  unread: () => readonly Operation[],
): Promise<void> {
  const ask: Ask = async (operation, ...given) => {
    const name = operation.replaceAll(/\.(\w)/g, (_all, letter: string) => letter.toUpperCase());
    const call = calls[name];
    assert.ok(call !== undefined, `there is a function ${name}`);
    return (await call(...given)).data;
  };
  await sessions(ask, owner);
  await stations(ask);
  await messages(ask);
  await groups(ask);
  await schemas(ask);
  await deadLetters(ask, http);
  await accounts(ask);
  await notifications(ask);
  await webhooks(ask);
  await ask("system.setSettings", { log: "silent" });
  await ask("system.closeConnection", 1_000_000);
  await attachments(ask);
  await requests(ask, http);
  await keysAndValues(ask);
  await objects(ask);
  for (const { operationId, parameters } of unread()) {
    const isRequired = parameters.filter((each) => each.required === true);
    if (isRequired.some((each) => !(each.name in names))) continue;
    await ask(operationId, ...isRequired.map((each) => names[each.name]));
  }
  await rest(ask);
  // From here on, the owner has another one.
  const password = "a lamp of brass";
  await ask("user.changePassword", { current: owner.password, password });
}

async function sessions(ask: Ask, { user, password }: Login): Promise<void> {
  await ask("session.begin", { user, password });
  await ask("session.get");
  const { items } = await ask("session.list");
  assert.equal(items.length, 1);
  await ask("session.revoke", "none");
  await ask("session.end");
}

async function stations(ask: Ask): Promise<void> {
  await ask("platform.info");
  await ask("platform.caller");
  await ask("station.create", "orders", { partitions: 1 });
  await ask("station.create", "other", {});
  await ask("station.ensure", "orders");
  await ask("station.edit", "orders", { description: "of today" });
  await ask("station.list", { limit: 10 });
  await ask("station.get", "orders");
  await ask("station.export", "orders", { format: "ndjson", limit: 1 });
  await ask("station.setDefaults", await ask("station.defaults"));
}

async function messages(ask: Ask): Promise<void> {
  const kept = await ask("message.produce", "orders", new Blob(["one"]), { key: "eu.1" });
  assert.deepEqual([kept.partition, kept.sequence], [1, 1]);
  await ask("message.produceBatch", "orders", { messages: [{ value: 2 }, { value: 3 }] });
  await ask("message.list", "orders", { limit: 2 });
  await ask("message.get", "orders", 1, 1);
  await ask("message.tail", "orders", { $from: "beginning" });
  await ask("message.encode", "orders", { texts: ["1"] });
  await ask("message.decode", "orders", { payloads: ["MQ=="] });
  await ask("station.export", "orders", { format: "csv", limit: 1 });
  await ask("station.removeMessage", "orders", 1, 1);
  await ask("station.removeMessages", "orders", { messages: [{ partition: 1, sequence: 2 }] });
}

async function groups(ask: Ask): Promise<void> {
  await ask("group.create", "orders", "billing", { maxDeliveries: 3 });
  const { messages: fetched } = await ask("message.fetch", "orders", "billing", { count: 1 });
  await ask("message.settle", "orders", "billing", { messages: [{ token: fetched[0].token }] });
  await ask("group.edit", "orders", "billing", { maxDeliveries: 5 });
  await ask("group.get", "orders", "billing");
  await ask("group.lag", "orders", "billing");
  await ask("group.list", { station: "orders" });
  await ask("group.pause", "orders", "billing", { until: "2040-01-01T00:00:00Z" });
  await ask("group.resume", "orders", "billing");
  await ask("group.rewind", "orders", "billing", { to: { from: "now" } });
  await ask("producer.list", { station: "orders" });
  await ask("consumer.list", { station: "orders" });
}

async function schemas(ask: Ask): Promise<void> {
  const text = JSON.stringify({ type: "object", required: ["id"] });
  const looser = JSON.stringify({ type: "object" });
  await ask("schema.create", "order", { format: "json", text });
  await ask("schema.check", "order", { text: looser });
  await ask("schema.addVersion", "order", { text: looser });
  await ask("schema.try", "order", { payload: '{"id":1}' });
  await ask("schema.generate", { format: "json", samples: ['{"id":1}'] });
  await ask("schema.get", "order");
  await ask("schema.list", {});
  await ask("schema.text", "order", { version: 1 });
  await ask("schema.diff", 1, 2, "order");
  await ask("schema.activate", "order", 1);
  await ask("schema.deleteVersion", "order", 2);
  await ask("schema.setCompatibility", "order", { compatibility: "none" });
  await ask("attachment.set", "orders", { schema: "order" });
  await ask("attachment.get", "orders");
  await ask("attachment.list", {});
}

async function deadLetters(ask: Ask, http: HttpScene): Promise<void> {
  const connection = await http.scene.connect(credentialsOf(http));
  await connection.request("orders", "{}");
  let letters: readonly { readonly id: number }[] = [];
  while (letters.length === 0) ({ letters } = await ask("deadLetter.list", "orders", {}));
  const [{ id } = { id: 0 }] = letters;
  await ask("deadLetter.stations", {});
  await ask("deadLetter.count", "orders", {});
  await ask("deadLetter.get", "orders", id);
  await ask("deadLetter.foreseeResend", "orders", { filter: {}, to: "station" });
  const asked = { filter: { ids: [id] }, to: { station: "other" }, keep: true };
  const { id: resend } = await ask("deadLetter.resendElsewhere", "orders", asked);
  await ask("deadLetter.getResend", "orders", resend);
  await ask("deadLetter.cancelResend", "orders", resend);
  await ask("deadLetter.resend", "orders", { filter: { group: "nobody" }, to: "station" });
  await ask("deadLetter.resends", "orders", {});
  await ask("deadLetter.drop", "orders", { filter: {}, isDryRun: true });
  await ask("deadLetter.setRetention", { maxMessages: 100 });
  await ask("deadLetter.retention");
}

async function webhooks(ask: Ask): Promise<void> {
  const { ingest } = await ask("ingest.create", "orders", "shop", {});
  assert.equal(ingest.name, "shop");
  await ask("ingest.get", "orders", "shop");
  await ask("ingest.edit", "orders", "shop", { description: "of the shop" });
  await ask("ingest.rotate", "orders", "shop", {});
  await ask("ingest.delete", "orders", "shop");
}

async function requests(ask: Ask, http: HttpScene): Promise<void> {
  const connection = await http.scene.connect(credentialsOf(http));
  connection.subscribe("greet", {
    callback: (_error, message) => void message.respond("hello"),
  });
  await connection.flush();
  await ask("request.send", "greet", new Blob(["?"]), { timeoutMs: 5_000 });
}

async function keysAndValues(ask: Ask): Promise<void> {
  await ask("kv.create", "settings", { history: 5 });
  await ask("kv.list", {});
  await ask("kv.get", "settings");
  await ask("kv.putValue", "settings", "colour", new Blob(["red"]));
  await ask("kv.getValue", "settings", "colour");
  await ask("kv.keys", "settings", {});
  await ask("kv.history", "settings", "colour");
  await ask("kv.watch", "settings", {});
  await ask("kv.deleteValue", "settings", "colour");
  await ask("kv.delete", "settings");
}

async function objects(ask: Ask): Promise<void> {
  await ask("objectStore.create", "files", {});
  await ask("objectStore.list", {});
  await ask("objectStore.get", "files");
  await ask("object.put", "files", "photo", new Blob(["bytes"]));
  await ask("object.list", "files", {});
  await ask("object.info", "files", "photo");
  await ask("object.get", "files", "photo");
  await ask("object.delete", "files", "photo");
  await ask("objectStore.delete", "files");
}

async function attachments(ask: Ask): Promise<void> {
  await ask("attachment.delete", "orders");
}

async function accounts(ask: Ask): Promise<void> {
  await ask("user.create", "ann", { role: "viewer" }, {});
  await ask("user.get", "ann", {});
  await ask("user.edit", "ann", { description: "of the office" }, {});
  await ask("user.list", {});
  await ask("user.setPassword", "ann", { password: "green lamp on a roof" }, {});
  await ask("user.checkPassword", "ann", { password: "green lamp on a roof" }, {});
  const { accessKey } = await ask("user.addKey", "ann", {}, {});
  await ask("user.removeKey", "ann", accessKey.id, {});
  await ask("user.delete", "ann", {});
  await ask("tenant.create", "acme", {});
  await ask("tenant.get", "acme");
  await ask("tenant.edit", "acme", { connectionsMax: 5 });
  await ask("tenant.list", {});
  await ask("tenant.uses", { tenant: "acme" });
  await ask("tenant.delete", "acme");
  await ask("audit.query", { limit: 5 });
}

async function notifications(ask: Ask): Promise<void> {
  await ask("notification.createChannel", "ops", { to: { kind: "station", station: "other" } });
  await ask("notification.getChannel", "ops");
  await ask("notification.editChannel", "ops", { description: "of the office" });
  await ask("notification.listChannels", {});
  await ask("notification.test", "ops");
  await ask("notification.createRule", "letters", { when: "deadLetter", channels: ["ops"] });
  await ask("notification.getRule", "letters");
  await ask("notification.editRule", "letters", { description: "all of them" });
  await ask("notification.listRules", {});
  await ask("notification.history", {});
  await ask("notification.deleteRule", "letters");
  await ask("notification.deleteChannel", "ops");
}

async function rest(ask: Ask): Promise<void> {
  await ask("schema.delete", "order");
  await ask("group.delete", "orders", "billing");
  await ask("station.purge", "orders", {});
  await ask("station.delete", "orders");
}

function credentialsOf(http: HttpScene): { readonly user: string; readonly pass: string } {
  const { owner } = http.scene.server;
  return { user: owner?.user ?? "", pass: owner?.password ?? "" };
}

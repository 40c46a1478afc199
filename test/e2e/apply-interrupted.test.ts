import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { type ApplyPoint, planOf, readSetup, runSteps } from "@oxbow/cli/apply";
import { ControlClient } from "oxbow/control";
import { RunningCommand } from "./support/command.ts";

/** Goal: what ends between any two writes is finished by applying the file again, and nobody has a password that was not told. */
let server: RunningCommand;
let url = "";
let connection: NatsConnection;
let control: ControlClient;

before(async () => {
  server = new RunningCommand(["start", "--port", "0", "--memory", "--json"]);
  ({ url } = await server.event<{ url: string }>());
  connection = await connect({ servers: url });
  control = new ControlClient(connection);
});
after(async () => {
  await connection.close();
  await server[Symbol.asyncDispose]();
});

const text = `
schemas:
  order: { format: json, text: '{"type":"object"}' }
stations:
  orders: { partitions: 2, schema: order, groups: { billing: {}, audit: { from: now } } }
tenants:
  acme: { streams: 10, users: { carl: { role: owner } } }
users:
  shop: { write: [orders] }
`;
const nothing = "{ schemas: {}, stations: {}, tenants: {}, users: {} }";

class Died extends Error {}

/** Applies a file until the `pointMax`th point. @returns Whether it came to its end, and the last password of each user. */
async function apply(
  file: string,
  passwords: Map<string, string>,
  pointMax: number = Number.POSITIVE_INFINITY,
): Promise<ApplyPoint[]> {
  const points: ApplyPoint[] = [];
  const setup = await readSetup(file, "stations.yaml");
  const steps = await planOf(control, setup, { isPruning: file === nothing });
  await runSteps(steps, {
    onPassword: ({ login, password }) => void passwords.set(login, password),
    onPoint: (point) => {
      points.push(point);
      if (points.length === pointMax) throw new Died(point);
    },
  });
  return points;
}

test("an apply that ends between any two writes is finished by the next one", async () => {
  const whole = await apply(text, new Map());
  assert.deepEqual(whole, [
    "schema.create",
    "station.create",
    "attachment.set",
    "group.create",
    "group.create",
    "tenant.create",
    "password.told",
    "user.create",
    "password.told",
    "user.create",
  ]);
  const removal = await apply(nothing, new Map());
  assert.deepEqual(removal, [
    "station.delete",
    "schema.delete",
    "user.delete",
    "tenant.delete",
    "user.delete",
  ]);
  for (let point = 1; point < whole.length; point += 1) {
    const passwords = new Map<string, string>();
    await assert.rejects(apply(text, passwords, point), Died);
    await apply(text, passwords);
    assert.deepEqual(await apply(text, passwords), [], `after ${whole[point - 1]}`);
    assert.deepEqual([...passwords.keys()].sort(), ["carl$acme", "shop"]);
    // Before a password is told it does not matter where it ended.
    if (point >= whole.indexOf("password.told")) {
      for (const [user, pass] of passwords) {
        await (await connect({ servers: url, user, pass, reconnect: false })).close();
      }
    }
    if (point < removal.length) await assert.rejects(apply(nothing, passwords, point), Died);
    await apply(nothing, passwords);
    if (point < removal.length) {
      assert.deepEqual(await apply(nothing, passwords), [], `after ${removal[point - 1]}`);
    }
  }
});

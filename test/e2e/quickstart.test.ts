import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { after, afterEach, before, test } from "node:test";
import { connect as connectNats, type NatsConnection } from "@nats-io/transport-node";
import { createMemphisInstance } from "memphis-dev";
import { connect, type Message, type Oxbow } from "oxbow";
import { ControlClient, type DeadLetter, type DeadLettersRequest } from "oxbow/control";
import { eventually } from "../interop/support/deadline.ts";
import { oxbow, RunningCommand } from "./support/command.ts";

/**
 * Goal: the first minute of somebody who has never seen it. Method: `oxbow quickstart` checks each of its own commands; on
 * the server that it leaves running, clients of four kinds then do by themselves what it has shown.
 */
interface QuickstartEvent {
  readonly event: "ready" | "command" | "done";
  readonly url: string;
  readonly memphisPort: number;
  readonly data: string;
  readonly command: string;
  readonly output: string;
}

let running: RunningCommand;
let ready: QuickstartEvent;
const commands: QuickstartEvent[] = [];

before(async () => {
  running = new RunningCommand(["quickstart", "--port", "0", "--json"]);
  ready = await running.event<QuickstartEvent>();
  for (;;) {
    const event = await running.event<QuickstartEvent>();
    if (event.event === "done") break;
    commands.push(event);
  }
});
after(async () => {
  const { status, stderr } = await running.stop("SIGINT");
  assert.deepEqual([status, stderr], [0, ""]);
  // What it kept for the time it ran is gone.
  await assert.rejects(access(ready.data), { code: "ENOENT" });
});

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function openSdk(): Promise<Oxbow> {
  const sdk = await connect({ servers: ready.url });
  closing.push(() => sdk.close());
  return sdk;
}

async function openNats(): Promise<NatsConnection> {
  const connection = await connectNats({ servers: ready.url });
  closing.push(() => connection.close());
  return connection;
}

async function command(line: string, stdin = ""): Promise<string> {
  const env = { OXBOW_URL: ready.url };
  const { stdout, stderr } = await oxbow(line.split(" "), { env, stdin });
  return `${stdout}${stderr}`;
}

test("quickstart shows a schema, refusals, groups, dead letters and how they are sent again", () => {
  const outputOf = (part: string): string =>
    commands.find((each) => each.command.includes(part))?.output ?? "";
  assert.equal(commands.length, 16);
  assert.match(outputOf(`produce orders '{"id":1}'`), /\/item: is required/);
  assert.match(outputOf("node order.mjs"), /\/id: must be integer/);
  assert.match(outputOf("dead-letter list orders"), /6 +shipping +exhausted/);
  assert.match(outputOf("dead-letter resend"), /3 of 3 resent/);
});

/** Of each kind of client: a message that fits, and one that does not, whose refusal is told in words. */
const producers: Readonly<Record<string, (id: number) => Promise<string>>> = {
  async sdk(id) {
    const station = (await openSdk()).station("parcels");
    await station.produce({ id });
    return refusal(station.produce({ id: "sdk" }));
  },
  async "command line"(id) {
    assert.match(await command("produce parcels", `{"id":${id}}\n`), /^produced 1 message/);
    return command("produce parcels", '{"id":"command"}\n');
  },
  async nats(id) {
    const connection = await openNats();
    const { seq } = (await connection.request("parcels", `{"id":${id}}`)).json<{ seq: number }>();
    assert.ok(seq > 0);
    return (await connection.request("parcels", '{"id":"nats"}')).string();
  },
  async memphis(id) {
    const memphis = createMemphisInstance();
    await memphis.connect({
      ...{ host: "127.0.0.1", port: ready.memphisPort, username: "root", password: "memphis" },
      ...{ suppressLogs: true, timeoutMs: 20_000 },
    });
    closing.push(() => memphis.close());
    const of = { stationName: "parcels", producerName: "p", asyncProduce: false };
    await memphis.produce({ ...of, message: { id } });
    return refusal(memphis.produce({ ...of, message: { id: "memphis" } }));
  },
};

/** They come a moment after what they come of. */
async function fourDeadLetters(filter: DeadLettersRequest): Promise<readonly DeadLetter[]> {
  const control = new ControlClient(await openNats());
  return eventually("four dead letters", async () => {
    const { letters } = await control.call("deadLetter.list", { station: "parcels" }, filter);
    return letters.length === 4 ? letters : undefined;
  });
}

async function refusal(produced: Promise<unknown>): Promise<string> {
  try {
    await produced;
  } catch (error) {
    return String(error);
  }
  throw new Error("it was let in");
}

test("good messages of four kinds of clients are kept, bad ones refused; what a group fails at is healed", async () => {
  const schema = '{"type":"object","required":["id"],"properties":{"id":{"type":"integer"}}}';
  assert.match(await command("schema create parcel --format json", schema), /^created parcel/);
  assert.match(await command("station create parcels --partitions 2"), /^created parcels/);
  assert.match(await command("schema attach parcels parcel"), /^parcels uses parcel/);
  for (const [index, produce] of Object.values(producers).entries()) {
    assert.match(await produce(index + 1), /id/);
  }

  for (const { reason, error } of await fourDeadLetters({})) {
    assert.equal(reason, "refused");
    assert.match(error, /id/);
  }

  // One group takes all; the other one fails at each, and says so.
  const parcels = (await openSdk()).station<{ id: number }>("parcels");
  const ids = async (
    group: string,
    handle: (message: Message<{ id: number }>) => Promise<void>,
  ): Promise<number[]> => {
    const taken: number[] = [];
    for await (const message of parcels.consume({ group })) {
      await handle(message);
      taken.push(message.value.id);
      if (taken.length === 4) break;
    }
    return taken.toSorted();
  };
  assert.deepEqual(await ids("billing", (message) => message.ackSync()), [1, 2, 3, 4]);
  await ids("shipping", (message) => message.deadLetter("no van"));
  await fourDeadLetters({ group: "shipping" });
  assert.match(await command("dead-letter list parcels --group shipping"), /terminated .* no van/);
  assert.match(await command("dead-letter resend parcels --group shipping"), /4 of 4 resent/);
  assert.deepEqual(await ids("shipping", (message) => message.ackSync()), [1, 2, 3, 4]);
  assert.equal(await command("dead-letter list parcels --group shipping"), "no dead letters\n");
  assert.match(await command("group lag parcels billing"), /^0 messages behind/);
});

test("quickstart ends with its story if it is told to", async () => {
  const { status, stdout, stderr } = await oxbow(["quickstart", "--port", "0", "--exit"]);
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /^\$ oxbow dead-letter resend orders --group shipping$/m);
  assert.match(stdout, /export OXBOW_URL=nats:\/\/127\.0\.0\.1:\d+$/m);
});

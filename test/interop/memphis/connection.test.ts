import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { onEachTarget } from "../support/targets.ts";
import { MemphisDoor, refuses, take } from "./memphis-door.ts";

const root = { user: "root", password: "S3cret!pass" };

/** Sends bytes to the gateway; gives what it says until it closes. */
async function say(door: MemphisDoor, text: string): Promise<string> {
  const socket = connect(door.port, "127.0.0.1");
  let heard = "";
  socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  socket.write(text);
  await once(socket, "close");
  return heard;
}

onEachTarget(
  "connections of the Memphis SDK",
  (target) => {
    test("need the password, in account 1 or in none", async () => {
      await using door = await MemphisDoor.open(target.server, root);
      const { password } = root;
      await refuses(door.connect({ password: "wrong" }), /Authorization Violation/);
      await (await door.connect({ password })).station({ name: "in" });
      // What the examples leave there is no account: the SDK tries again without.
      const accountId = "<account-id>" as unknown as number;
      const memphis = await door.connect({ password, accountId });
      assert.equal(memphis.isConnected(), true);
      await memphis.station({ name: "in.too" });
    });

    test("come back under the same id, and go on", async () => {
      await using door = await MemphisDoor.open(target.server, root);
      const memphis = await door.connect({ password: root.password });
      const producer = await memphis.producer({ stationName: "Back.St", producerName: "p" });
      const consumer = await memphis.consumer({ stationName: "Back.St", consumerName: "c" });
      await producer.produce({ message: "before", asyncProduce: false });
      assert.deepEqual(await take(consumer, 1), ["before"]);
      const status = memphis.brokerManager.status()[Symbol.asyncIterator]();
      await door.reopen();
      while ((await status.next()).value.type !== "reconnect");
      await producer.produce({ message: "after", asyncProduce: false });
      assert.deepEqual(await take(consumer, 1), ["after"]);
      // Another gateway knows of which group it is.
      await consumer.destroy();
      await refuses(consumer.fetch({ batchSize: 1 }), /consumer not found/);
    });

    test("hear of nothing but credentials before they have given them", async () => {
      await using door = await MemphisDoor.open(target.server, root);
      const refused = /^INFO \{.*\} \r\n-ERR 'Authorization Violation'\r\n$/;
      assert.match(await say(door, "PUB a 1\r\nx\r\n"), refused);
      assert.match(await say(door, "$memphis"), /-ERR 'Authorization Violation'/);
      const nobody =
        'CONNECT {"user":"nobody$1","pass":"x"}\r\nPUB $memphis_station_creations 2\r\n{}';
      assert.match(await say(door, nobody), refused);
      assert.match(await say(door, "CONNECT nonsense\r\n"), /-ERR 'Unknown Protocol Operation'/);
      const long = `CONNECT {"user":"${"x".repeat(5_000)}"}\r\n`;
      assert.match(await say(door, long), /-ERR 'maximum control line exceeded'/);
    });

    test("are closed that give no credentials", async () => {
      await using door = await MemphisDoor.open(target.server, root);
      assert.match(await say(door, ""), /-ERR 'Authentication Timeout'/);
    });
  },
  { authorization: root },
);

onEachTarget(
  "connections of the Memphis SDK with a token",
  (target) => {
    test("need the token", async () => {
      await using door = await MemphisDoor.open(target.server, { token: "memphis-token" });
      const withToken = { password: "", connectionToken: "memphis-token" };
      await (await door.connect(withToken)).station({ name: "token" });
      const wrong = { password: "", connectionToken: "wrong" };
      await refuses(door.connect(wrong), /Authorization Violation/);
    });
  },
  { authorization: { token: "memphis-token" } },
);

onEachTarget(
  "permissions of users of the Memphis SDK",
  (target) => {
    test("decide what they may do", async () => {
      const admin = { user: "admin", password: "S3cret!pass" };
      await using door = await MemphisDoor.open(target.server, admin);
      const memphis = await door.connect({ username: "admin", password: admin.password });
      await memphis.station({ name: "open.st" });
      await memphis.station({ name: "closed" });
      const { password } = root;
      const viewer = await door.connect({ username: "viewer", password });
      await refuses(
        viewer.station({ name: "new" }),
        /user viewer may not see all streams|user viewer may not change streams/,
      );
      const closed = await viewer.producer({ stationName: "closed", producerName: "p" });
      const produced = closed.produce({ message: "x", asyncProduce: false });
      await refuses(produced, /permissions violation for publish to "closed.final"/i);
      // It is not cut off for that.
      const open = await viewer.producer({ stationName: "open.st", producerName: "p" });
      await open.produce({ message: "x", asyncProduce: false });
      const consumer = await memphis.consumer({ stationName: "open.st", consumerName: "c" });
      assert.deepEqual(await take(consumer, 1), ["x"]);
      await refuses((await viewer.station({ name: "closed" })).destroy(), /user viewer may not/);
    });
  },
  {
    config: `
      jetstream: enabled
      authorization {
        users: [
          { user: admin, password: "S3cret!pass" }
          { user: viewer, password: "S3cret!pass", permissions: {
            publish: ["open#st.>", "$JS.API.INFO", "$JS.API.STREAM.INFO.*"]
            subscribe: ["_INBOX.>"]
          } }
        ]
      }`,
  },
);

onEachTarget(
  "accounts of users of the Memphis SDK",
  (target) => {
    test("are one: others are told so", async () => {
      const { password } = root;
      await using door = await MemphisDoor.open(target.server, { user: "here", password });
      const memphis = await door.connect({ username: "here", password });
      await memphis.station({ name: "here" });
      const other = await door.connect({ username: "there", password });
      await refuses(
        other.producer({ stationName: "here", producerName: "p" }),
        /user there is in account THERE, and clients of Memphis are served in account HERE only/,
      );
      await refuses(other.station({ name: "there" }), /served in account HERE only/);
    });
  },
  {
    config: `
      jetstream: enabled
      accounts {
        HERE: { jetstream: enabled, users: [{ user: here, password: "S3cret!pass" }] }
        THERE: { jetstream: enabled, users: [{ user: there, password: "S3cret!pass" }] }
      }`,
  },
);

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

const config = `
authorization {
  timeout: 20
  default_permissions: { publish: "SANDBOX.*", subscribe: ["PUBLIC.>", "_INBOX.>"] }
  users: [
    { user: root, password: p, permissions: { publish: ">", subscribe: ">" } }
    { user: plain, password: p }
    { user: star, password: p, permissions: { subscribe: { allow: ["foo.*"] } } }
    { user: deny, password: p, permissions: {
        publish: { deny: ["x", "y.>"] }
        subscribe: { deny: ["foo.*", "bar.>", "baz.x", "q w.*", "fiz qq"] } } }
    { user: queues, password: p, permissions: {
        subscribe: { allow: ["foo", "bar v1", "baz v1.*", "baz v2"], deny: ["foo v3"] } } }
    { user: service, password: p, permissions: {
        publish: "log", subscribe: "service", allow_responses: { max: 2, expires: "1m" } } }
    { user: empty, password: p, permissions: { publish: { allow: [] }, subscribe: { allow: [] } } }
    { user: some, password: p, permissions: { publish: "a" } }
    { user: mute, password: p, permissions: { subscribe: "in.>", allow_responses: true } }
  ]
}
`;

/** What a user sends, line by line, and the `-ERR` that each one gets, or nothing. */
const rows: readonly (readonly [user: string, line: string, error?: string])[] = [
  ["plain", "PUB SANDBOX.a 0\r\n"],
  ["plain", "PUB SANDBOX.a.b 0\r\n", 'Publish to "SANDBOX.a.b"'],
  ["plain", "PUB SANDBOX 0\r\n", 'Publish to "SANDBOX"'],
  ["plain", "PUB other reply 0\r\n", 'Publish to "other"'],
  ["plain", 'PUB a"b\\c 0\r\n', 'Publish to "a\\"b\\\\c"'],
  ["plain", "HPUB other 12 12\r\nNATS/1.0\r\n\r\n", 'Publish to "other"'],
  ["plain", "SUB PUBLIC.a 1"],
  ["plain", "SUB PUBLIC.> 1"],
  ["plain", "SUB PUBLIC 1", 'Subscription to "PUBLIC"'],
  ["plain", "SUB > 1", 'Subscription to ">"'],
  ["plain", "SUB a..b 1", 'Subscription to "a..b"'],
  ["plain", "SUB other workers 1", 'Subscription to "other" using queue "workers"'],
  ["plain", "SUB PUBLIC.a _sys_ 1", 'Subscription to "PUBLIC.a" using queue "_sys_"'],
  ["star", "SUB foo.* 1"],
  ["star", "SUB foo.bar 1"],
  ["star", "SUB foo.* q 1"],
  ["star", "SUB foo 1", 'Subscription to "foo"'],
  ["star", "SUB *.* 1", 'Subscription to "*.*"'],
  ["star", "SUB *.> 1", 'Subscription to "*.>"'],
  ["star", "PUB anything 0\r\n"],
  ["deny", "PUB x 0\r\n", 'Publish to "x"'],
  ["deny", "PUB y.z.z 0\r\n", 'Publish to "y.z.z"'],
  ["deny", "PUB y 0\r\n"],
  ["deny", "SUB foo.> 1", 'Subscription to "foo.>"'],
  ["deny", "SUB foo.* 1", 'Subscription to "foo.*"'],
  ["deny", "SUB > 1"],
  ["deny", "SUB *.* 1"],
  ["deny", "SUB bar.* 1", 'Subscription to "bar.*"'],
  ["deny", "SUB baz.* 1"],
  ["deny", "SUB q w.1 1", 'Subscription to "q" using queue "w.1"'],
  ["deny", "SUB q x 1"],
  ["deny", "SUB q 1"],
  ["deny", "SUB fiz qq 1", 'Subscription to "fiz" using queue "qq"'],
  ["deny", "SUB fiz.* qq 1"],
  ["queues", "SUB foo 1"],
  ["queues", "SUB foo v1 1"],
  ["queues", "SUB foo v3 1", 'Subscription to "foo" using queue "v3"'],
  ["queues", "SUB bar 1", 'Subscription to "bar"'],
  ["queues", "SUB bar v1 1"],
  ["queues", "SUB bar v2 1", 'Subscription to "bar" using queue "v2"'],
  ["queues", "SUB baz v1.a 1"],
  ["queues", "SUB baz v1 1", 'Subscription to "baz" using queue "v1"'],
  ["queues", "SUB baz v1.* 1"],
  ["queues", "SUB baz v1.> 1", 'Subscription to "baz" using queue "v1.>"'],
  ["empty", "PUB a 0\r\n"],
  ["empty", "SUB a 1"],
  ["some", "SUB anything 1"],
  ["some", "PUB b 0\r\n", 'Publish to "b"'],
  ["mute", "PUB a 0\r\n", 'Publish to "a"'],
  ["service", "PUB log $JS.ACK.a 0\r\n", 'Publish with Reply of "$JS.ACK.a"'],
  ["service", "PUB other $JS.ACK.a 0\r\n", 'Publish to "other"'],
];

onEachTarget(
  "permissions",
  (target) => {
    const enter = (user: string): Promise<RawClient> =>
      RawClient.open(target.server, { user, pass: "p" });

    suite("decide", () => {
      for (const [user, line, error] of rows) {
        test(`${user}: ${JSON.stringify(line)} ${error === undefined ? "passes" : "fails"}`, async () => {
          await using client = await enter(user);
          client.send(line);
          const expected = error === undefined ? [] : [`-ERR Permissions Violation for ${error}`];
          assert.deepEqual(describeFrames(await client.flush()), expected);
        });
      }
    });

    test("a message that may not be published is not delivered, and the connection lives", async () => {
      await using root = await enter("root");
      const inbox = root.subscribe("y.>");
      await root.flush();
      await using client = await enter("deny");
      client.publish("y.secret", "1");
      client.publish("y", "2");
      await client.flush();
      assert.deepEqual(describeFrames(await root.flush()), []);
      assert.equal(inbox.arrived.length, 0);
    });

    test("a wildcard does not bring what is denied", async () => {
      await using client = await enter("deny");
      const inbox = client.subscribe("*.*");
      const group = client.subscribe("*.*", "group");
      await client.flush();
      await using root = await enter("root");
      for (const subject of ["foo.a", "baz.x", "bar.b", "baz.y"]) root.publish(subject, subject);
      await root.flush();
      assert.equal((await inbox.next()).body.toString(), "baz.y");
      assert.equal((await group.next()).body.toString(), "baz.y");
      await client.flush();
      assert.equal(inbox.arrived.length + group.arrived.length, 0);
    });

    test("in a queue group the others get what one may not get", async () => {
      await using client = await enter("deny");
      client.subscribe("*.*", "group");
      await client.flush();
      await using root = await enter("root");
      const inbox = root.subscribe("foo.a", "group");
      for (let index = 0; index < 20; index++) root.publish("foo.a", String(index));
      for (let index = 0; index < 20; index++) {
        assert.equal((await inbox.next()).body.toString(), String(index));
      }
    });

    test("a request may be answered as often as is allowed", async () => {
      await using service = await enter("service");
      service.send("SUB service 1");
      await service.flush();
      await using root = await enter("root");
      root.publish("service", "", { reply: "answers.1" });
      await root.flush();
      const [request] = describeFrames(await service.take(1));
      assert.equal(request, "MSG service sid=1 reply=answers.1 ");
      for (let time = 0; time < 3; time++) service.publish("answers.1");
      service.publish("answers.2");
      assert.deepEqual(describeFrames(await service.flush()), [
        '-ERR Permissions Violation for Publish to "answers.1"',
        '-ERR Permissions Violation for Publish to "answers.2"',
      ]);
    });

    test("a user is told its permissions", async () => {
      const ask = async (user: string): Promise<unknown> => {
        await using client = await enter(user);
        const answer = await client.request("$SYS.REQ.USER.INFO");
        return JSON.parse(answer.body.toString()).data;
      };
      assert.deepEqual(await ask("root"), {
        user: "root",
        account: "$G",
        account_name: "$G",
        permissions: { publish: { allow: [">"] }, subscribe: { allow: [">"] } },
      });
      const { permissions } = (await ask("deny")) as {
        permissions: Record<string, { allow?: string[]; deny?: string[] }>;
      };
      assert.deepEqual(permissions["publish"]?.deny?.toSorted(), ["x", "y.>"]);
      assert.deepEqual(permissions["subscribe"]?.deny?.toSorted(), [
        "bar.>",
        "baz.x",
        "fiz qq",
        "foo.*",
        "q w.*",
      ]);
    });
  },
  { config },
);

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, errors } from "@nats-io/transport-node";
import { patient } from "../support/deadline.ts";
import { statusOf } from "../support/inbox.ts";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("requests", (target) => {
  test("without a responder come back as 503 that names the subject", async () => {
    await using client = await RawClient.open(target.server);
    const answer = await client.request("nobody.listens", "hi");
    assert.equal(answer.header, "NATS/1.0 503\r\nNats-Subject: nobody.listens\r\n\r\n");
    assert.equal(answer.body.length, 0);
    assert.equal(answer.reply, undefined);
  });

  test("without a responder meet silence if the client did not ask for the notice", async () => {
    await using client = await RawClient.open(target.server, { no_responders: false });
    const inbox = client.ask("nobody.listens", "hi");
    await client.flush();
    assert.deepEqual(inbox.arrived, []);
  });

  test("with a reply subject that the client does not listen on meet silence", async () => {
    await using client = await RawClient.open(target.server);
    await using other = await RawClient.open(target.server);
    const foreign = other.subscribe("foreign.inbox");
    await other.flush();
    client.publish("nobody.listens", "hi", { reply: "foreign.inbox" });
    await client.flush();
    await other.flush();
    assert.deepEqual(foreign.arrived, []);
  });

  test("that only a responder's own echo could answer come back as 503", async () => {
    await using client = await RawClient.open(target.server, { echo: false });
    client.subscribe("own.service");
    const answer = await client.request("own.service");
    assert.equal(statusOf(answer), "503");
  });

  test("reach a responder and its answer comes back", async () => {
    await using client = await RawClient.open(target.server);
    await using server = await RawClient.open(target.server);
    const service = server.subscribe("service.upper", "workers");
    await server.flush();
    const inbox = client.ask("service.upper", "hi");
    const asked = await service.next();
    assert.equal(asked.reply, inbox.subject);
    server.publish(asked.reply ?? "", asked.body.toString().toUpperCase());
    assert.equal((await inbox.next()).body.toString(), "HI");
  });

  for (const reply of ["_R_.x", "$JS.ACK.x", "_GR_.x"]) {
    test(`may not use ${reply}, which is the server's, as reply`, async () => {
      await using client = await RawClient.open(target.server);
      const inbox = client.subscribe("reserved.reply");
      client.publish("reserved.reply", "x", { reply });
      assert.deepEqual(describeFrames(await client.flush()), [
        `-ERR Permissions Violation for Publish with Reply of "${reply}"`,
      ]);
      assert.deepEqual(inbox.arrived, []);
    });
  }

  test("of the official client are answered, and fail fast when nobody is there", async () => {
    const nc = await connect({ servers: target.server.url });
    nc.subscribe("service.echo", {
      callback: (_error, message) => {
        message.respond(message.data);
      },
    });
    assert.equal((await nc.request("service.echo", "hello", patient)).string(), "hello");
    await assert.rejects(nc.request("service.none", "hello", patient), (error: Error) => {
      assert.ok(error instanceof errors.RequestError);
      assert.ok(error.isNoResponders());
      return true;
    });
    await nc.close();
  });

  test("of the official client gather many answers", async () => {
    const nc = await connect({ servers: target.server.url });
    for (const name of ["one", "two", "three"]) {
      nc.subscribe("service.many", { callback: (_error, message) => void message.respond(name) });
    }
    const answers: string[] = [];
    const replies = await nc.requestMany("service.many", "", {
      strategy: "count",
      maxMessages: 3,
      maxWait: 20_000,
    });
    for await (const reply of replies) answers.push(reply.string());
    assert.deepEqual(answers.sort(), ["one", "three", "two"]);
    await nc.close();
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { eventually } from "../support/deadline.ts";
import type { RawMessage } from "../support/inbox.ts";
import { RawJetStream } from "../support/jetstream-client.ts";
import { onEachTarget } from "../support/targets.ts";

/** The headers that the message has in its stream, without times. */
function ownHeaders({ header }: RawMessage): string {
  return header
    .slice(0, header.indexOf("\r\nNats-Stream: "))
    .replace(/Nats-Schedule-Next: \d[^\r]+/, "Nats-Schedule-Next: <time>");
}

const PAST = "@at 2020-01-01T00:00:00Z";

onEachTarget(
  "schedules",
  (target) => {
    /** A stream whose produced messages are published again to `<name>.out.>`. */
    async function create(client: RawJetStream, name: string): Promise<void> {
      await client.createStream(name, {
        subjects: [`${name}.s.>`, `${name}.t.>`],
        allow_msg_schedules: true,
        allow_msg_ttl: true,
        republish: { src: `${name}.t.>`, dest: `${name}.out.>` },
      });
    }

    function schedule(
      client: RawJetStream,
      name: string,
      pattern: string,
      more: Record<string, string> = {},
    ): Promise<unknown> {
      return client.client.request(`${name}.s.a`, "body", {
        first: "1",
        "Nats-Msg-Id": name,
        "Nats-Schedule": pattern,
        "Nats-Schedule-Target": `${name}.t.a`,
        ...more,
        last: "2",
      });
    }

    test("send what is due at once, and are gone then", async () => {
      await using client = await RawJetStream.open(target.server);
      await create(client, "PAST");
      const inbox = client.client.subscribe("PAST.out.>");
      await schedule(client, "PAST", PAST, { "Nats-Schedule-TTL": "5m" });
      const message = await inbox.next();
      assert.equal(message.body.toString(), "body");
      assert.equal(
        ownHeaders(message),
        "NATS/1.0\r\nfirst: 1\r\nlast: 2\r\nNats-Scheduler: PAST.s.a\r\n" +
          "Nats-Schedule-Next: purge\r\nNats-TTL: 5m",
      );
      await eventually("the schedule to be gone", async () => {
        const { state } = await client.ok("STREAM.INFO.PAST", { subjects_filter: ">" });
        return isDeepStrictEqual(state.subjects, { "PAST.t.a": 1 }) || undefined;
      });
    });

    test("repeat, in the zone that they are in", async () => {
      await using client = await RawJetStream.open(target.server);
      await create(client, "OFTEN");
      const inbox = client.client.subscribe("OFTEN.out.>");
      await schedule(client, "OFTEN", "* * * * * *", {
        "Nats-Schedule-Time-Zone": "Asia/Kathmandu",
        "Nats-Schedule-Rollup": "sub",
        "Nats-Expected-Stream": "OFTEN",
      });
      const [first, second] = [await inbox.next(), await inbox.next()];
      const headers =
        "NATS/1.0\r\nfirst: 1\r\nlast: 2\r\nNats-Scheduler: OFTEN.s.a\r\n" +
        "Nats-Schedule-Next: <time>\r\nNats-Rollup: sub";
      assert.deepEqual([ownHeaders(first), ownHeaders(second)], [headers, headers]);
      const next = /Nats-Schedule-Next: (\S+)/.exec(first.header)?.[1] ?? "";
      assert.match(next, /:\d\d\+05:45$/);
      const { state } = await client.ok("STREAM.INFO.OFTEN", { subjects_filter: ">" });
      assert.deepEqual(state.subjects, { "OFTEN.s.a": 1, "OFTEN.t.a": 1 });
    });

    test("send the last message of a source", async () => {
      await using client = await RawJetStream.open(target.server);
      await create(client, "SOURCE");
      const inbox = client.client.subscribe("SOURCE.out.>");
      const source = {
        "Nats-Msg-Id": "1",
        "Nats-TTL": "60",
        "Nats-Expected-Stream": "SOURCE",
        own: "x",
      };
      await client.client.request("SOURCE.s.other", "sampled", source);
      await schedule(client, "SOURCE", "@every 1s", { "Nats-Schedule-Source": "SOURCE.s.other" });
      const message = await inbox.next();
      assert.equal(message.body.toString(), "sampled");
      assert.equal(
        ownHeaders(message),
        "NATS/1.0\r\nown: x\r\nNats-Scheduler: SOURCE.s.a\r\nNats-Schedule-Next: <time>",
      );
    });
  },
  { concurrent: true },
);

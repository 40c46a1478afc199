import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ClientParser } from "@oxbow/wire/nats";
import fc from "fast-check";
import { type ClientListener, ClientTraffic } from "../../src/memphis/client-traffic.ts";
import { MessageStamp } from "../../src/memphis/message-stamp.ts";
import { PartitionCounts } from "../../src/memphis/partition-counts.ts";

const clock = {
  nowMs: () => 0,
  monotonicMs: () => 0,
  setTimer: () => ({ cancel: () => undefined }),
  afterTurn: () => undefined,
};

/** What a client says, and what becomes of it. */
class Talk {
  readonly heard: string[] = [];
  readonly asked: string[] = [];
  readonly counts: PartitionCounts;
  readonly traffic: ClientTraffic;
  readonly parser: ClientParser;

  constructor(partitions: (station: string) => Promise<number> = () => Promise.resolve(3)) {
    this.counts = new PartitionCounts(clock, (station) => {
      this.asked.push(station);
      return partitions(station);
    });
    const hear = (text: string): void => {
      this.heard.push(text);
    };
    const listener: ClientListener = {
      onConnect: (text) => hear(`connect ${text}`),
      onProtocolError: hear,
      onRequest: (subject, reply, payload) => hear(`${subject} ${reply} ${payload.toString()}`),
      onSubscribe: (subject) => hear(`subscribe ${subject}`),
      onDeadLetter: (subject, payload) => hear(`dead ${subject} ${payload.toString()}`),
      onTermination: () => hear("terminated"),
      onTooManySubscriptions: () => hear("too many"),
      onLateWrite: () => hear("late"),
    };
    this.traffic = new ClientTraffic(this.counts, listener);
    this.parser = new ClientParser(this.traffic, { controlLineMax: 4096, payloadMax: 1 << 20 });
  }

  say(text: string): string {
    this.parser.parse(Buffer.from(text));
    return this.toEngine;
  }

  get toEngine(): string {
    return this.traffic.toEngine.take().toString();
  }

  get toClient(): string {
    return this.traffic.toClient.take().toString();
  }
}

const message = (subject: string): string => `PUB ${subject} r 1\r\nx\r\n`;

describe("what a client of Memphis says", () => {
  test("is passed on as it is", () => {
    const talk = new Talk();
    const said = [
      "SUB _INBOX.a.* 1\r\n",
      "SUB work group 2\r\n",
      "UNSUB 2 5\r\n",
      "PUB orders.final 2\r\nhi\r\n",
      "HPUB orders.final _INBOX.a.1 18 20\r\nNATS/1.0\r\na: b\r\n\r\nhi\r\n",
      "PING\r\n",
      "PONG\r\n",
      message("$JS.API.INFO"),
    ];
    for (const text of said) assert.equal(talk.say(text), text);
    assert.deepEqual(talk.heard, []);
  });

  test("goes to the gateway if it is about Memphis", () => {
    const talk = new Talk();
    assert.equal(
      talk.say("SUB $memphis_sdk_clients_updates 7\r\nSUB _INBOX.a.* 1\r\n"),
      "SUB _INBOX.a.* 1\r\n",
    );
    assert.equal(talk.say("PUB $memphis_station_creations _INBOX.a.1 2\r\n{}\r\n"), "");
    assert.deepEqual(talk.heard, [
      "subscribe $memphis_sdk_clients_updates",
      "$memphis_station_creations _INBOX.a.1 {}",
    ]);
    talk.traffic.answer("_INBOX.a.1", "done");
    assert.equal(talk.toClient, "MSG _INBOX.a.1 1 4\r\ndone\r\n");
    talk.traffic.answer("_INBOX.nobody", "done");
    talk.traffic.push("$memphis_sdk_clients_updates", "{}");
    assert.equal(talk.toClient, "MSG $memphis_sdk_clients_updates 7 2\r\n{}\r\n");
  });

  test("ends a subscription that wanted one answer", () => {
    const talk = new Talk();
    talk.say("SUB _INBOX.once 3\r\nUNSUB 3 1\r\n");
    talk.traffic.answer("_INBOX.once", "");
    assert.equal(talk.toClient, "MSG _INBOX.once 3 0\r\n\r\n");
    assert.equal(talk.toEngine, "UNSUB 3\r\n");
    talk.traffic.answer("_INBOX.once", "");
    assert.equal(talk.toClient, "");
  });

  test("has the id of a message where the engine looks for it", () => {
    const talk = new Talk();
    const said = "HPUB a 23 24\r\nNATS/1.0\r\nmsg-id: 1\r\n\r\nx\r\n";
    assert.equal(
      talk.say(said),
      "HPUB a 39 40\r\nNATS/1.0\r\nmsg-id: 1\r\nNats-Msg-Id: 1\r\n\r\nx\r\n",
    );
    const own = "HPUB a 39 40\r\nNATS/1.0\r\nmsg-id: 1\r\nNats-Msg-Id: 2\r\n\r\nx\r\n";
    assert.equal(talk.say(own), own);
  });

  test("means another partition than 0, or than none", async () => {
    const talk = new Talk();
    assert.equal(talk.say(message("orders$0.final") + message("orders$0.final")), "");
    assert.equal(talk.say(message("orders$1.final")), message("orders$1.final"));
    assert.ok(talk.traffic.heldBytes > 0);
    await talk.counts.find("orders").then(() => undefined);
    await Promise.resolve();
    assert.equal(talk.toEngine, message("orders$3.final") + message("orders$3.final"));
    assert.deepEqual(talk.asked, ["orders"]);
    assert.deepEqual(talk.heard, ["late"]);
    assert.equal(talk.traffic.heldBytes, 0);
    const info = message("$JS.API.CONSUMER.INFO.orders.g");
    for (const partition of [1, 2, 3, 1]) {
      assert.equal(talk.say(info), message(`$JS.API.CONSUMER.INFO.orders$${partition}.g`));
    }
    talk.counts.learn("orders", 1);
    const next = message("$JS.API.CONSUMER.MSG.NEXT.orders$0.g");
    assert.equal(talk.say(next), message("$JS.API.CONSUMER.MSG.NEXT.orders.g"));
    talk.counts.learn("orders", 0);
    assert.equal(talk.say(next), next);
  });

  test("gives up a message, with its reason if there is one", () => {
    const talk = new Talk();
    const ack = "$JS.ACK.orders.g.1.2.3.4.0";
    const termination = `PUB ${ack} 5\r\n+TERM\r\n`;
    assert.equal(talk.say(termination), "");
    assert.equal(talk.say("PUB $memphis_nacked_dls 2\r\n{}\r\n"), "");
    assert.deepEqual(talk.heard, ["terminated", `dead ${ack} {}`]);
    talk.traffic.terminate(ack, "because");
    assert.equal(talk.toEngine, `PUB ${ack} 13\r\n+TERM because\r\n`);
    assert.equal(talk.say(`${termination}PUB a 1\r\nx\r\n`), `${termination}PUB a 1\r\nx\r\n`);
    assert.equal(talk.say(termination), "");
    talk.traffic.settle();
    talk.traffic.settle();
    assert.equal(talk.toEngine, termination);
    const other = `PUB ${ack} 4\r\n+ACK\r\n`;
    assert.equal(talk.say(other), other);
  });

  test("is answered if the engine does not let it through", () => {
    const talk = new Talk();
    talk.say("SUB _INBOX.a.* 1\r\nPUB orders.final _INBOX.a.1 1\r\nx\r\n");
    talk.traffic.complain("Something else");
    assert.equal(talk.toClient, "");
    talk.traffic.complain('Permissions Violation for Publish to "orders.final"');
    assert.match(talk.toClient, /^MSG _INBOX\.a\.1 1 \d+\r\n\{"error":\{"code":403/);
    talk.traffic.complain('Permissions Violation for Publish to "orders.final"');
    assert.equal(talk.toClient, "");
  });

  test("is answered by the name that it was passed on with, a pull with a status that ends it", async () => {
    const talk = new Talk();
    const next = "$JS.API.CONSUMER.MSG.NEXT.orders$2.g";
    talk.say(`SUB _INBOX.a.* 1\r\nSUB _INBOX.b 2\r\nPUB ${next} _INBOX.b 2\r\n{}\r\n`);
    talk.traffic.complain(`Permissions Violation for Publish to "${next}"`);
    assert.match(talk.toClient, /^HMSG _INBOX\.b 2 \d+ \d+\r\nNATS\/1\.0 400 .+may not consume/);
    assert.equal(talk.say("PUB orders$0.final _INBOX.a.1 1\r\nx\r\n"), "");
    // How many partitions there are is being asked for.
    await new Promise(setImmediate);
    const [, subject = ""] = talk.toEngine.split(" ");
    assert.match(subject, /^orders\$[1-9]\.final$|^orders\.final$/);
    talk.traffic.complain(`Permissions Violation for Publish to "${subject}"`);
    assert.match(talk.toClient, /^MSG _INBOX\.a\.1 1 \d+\r\n\{"error":\{"code":403/);
  });

  test("may be anything, in any pieces", () => {
    const words = ["PUB ", "HPUB ", "SUB ", "UNSUB ", "$memphis_x", "a$0.b", " 1", " 5", "\r\n"];
    const parts = fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(parts), fc.array(fc.nat(20)), (texts, cuts) => {
        const talk = new Talk(() => new Promise(() => undefined));
        let rest = Buffer.from(texts.join(""));
        for (const cut of cuts) {
          talk.parser.parse(Buffer.from(rest.subarray(0, cut)));
          rest = rest.subarray(cut);
        }
        talk.parser.parse(rest);
      }),
    );
  });
});

describe("what the engine says to a client of Memphis", () => {
  const none = Buffer.alloc(0);
  const deliver = (reply: string, headers: string): string => {
    const talk = new Talk();
    const [subject, sid, payload] = ["orders", "1", "hi"].map((text) => Buffer.from(text));
    talk.traffic.deliver(
      subject ?? none,
      sid ?? none,
      Buffer.from(reply),
      Buffer.from(headers),
      payload ?? none,
    );
    return talk.toClient;
  };

  test("has headers if it is a message of a stream", () => {
    const ack = "$JS.ACK.orders.g.1.1.1.1.0";
    assert.equal(deliver(ack, ""), `HMSG orders 1 ${ack} 12 14\r\nNATS/1.0\r\n\r\nhi\r\n`);
    const headers = "NATS/1.0\r\na: b\r\n\r\n";
    assert.equal(deliver(ack, headers), `HMSG orders 1 ${ack} 18 20\r\n${headers}hi\r\n`);
    assert.equal(deliver("reply", ""), "MSG orders 1 reply 2\r\nhi\r\n");
    assert.equal(deliver("", ""), "MSG orders 1 2\r\nhi\r\n");
  });
});

test("messages to stations are stamped, whatever the client has written there", () => {
  const talk = new Talk();
  talk.traffic.stamp = new MessageStamp("al;ice");
  const stamp = "Oxbow-Stamp: door=memphis;user=al%3Bice\r\n";
  const published = (subject: string, headers: string): string => {
    const block = headers === "" ? "" : `NATS/1.0\r\n${headers}\r\n`;
    const line = `HPUB ${subject} ${block.length} ${block.length + 1}\r\n${block}x\r\n`;
    return talk.say(headers === "" ? `PUB ${subject} 1\r\nx\r\n` : line);
  };
  const sent = (headers: string): string => `NATS/1.0\r\n${headers}\r\nx\r\n`;
  const to = "orders$1.final";
  assert.ok(published(to, "").endsWith(sent(stamp)));
  assert.ok(published(to, "a: b\r\n").endsWith(sent(`a: b\r\n${stamp}`)));
  const forged = "Oxbow-Stamp: door=sdk\r\n";
  assert.ok(published(to, forged).endsWith(sent(stamp)));
  assert.ok(published(to, `${forged}a: b\r\n${forged}`).endsWith(sent(`a: b\r\n${stamp}`)));
  assert.ok(published("elsewhere", "a: b\r\n").endsWith(sent("a: b\r\n")));
});

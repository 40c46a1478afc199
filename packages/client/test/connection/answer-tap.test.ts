import assert from "node:assert/strict";
import { test } from "node:test";
import type { NatsConnection } from "@nats-io/nats-core";
import fc from "fast-check";
import { type AnswerListener, AnswerTap } from "../../src/connection/answer-tap.ts";
import type { Link } from "../../src/connection/link.ts";

/**
 * Goal: answers are taken out, and everything else comes to the official client byte by byte as it was, however a
 * connection is cut into chunks. Method: a parser that notes what it gets, and operations as servers write them.
 */

interface Tapped {
  /** Brings bytes, as the connection does. */
  bring(chunk: Uint8Array): void;
  /** What the official client has got. */
  passed(): string;
  readonly answers: string[];
  readonly prefixes: readonly string[];
}

class Noted implements AnswerListener {
  readonly #name: string;
  readonly #answers: string[];

  constructor(name: string, answers: string[]) {
    this.#name = name;
    this.#answers = answers;
  }

  onAnswer(number: number, bytes: Uint8Array, start: number, end: number): void {
    const text = Buffer.from(bytes).toString("latin1", start, end);
    this.#answers.push(`${this.#name} ${number} ${text}`);
  }

  onUnanswered(): void {}

  onRefused(): void {}
}

function tapped(state: unknown = 0): Tapped {
  const chunks: Buffer[] = [];
  const parser = {
    state,
    parse: (chunk: Uint8Array): void => {
      chunks.push(Buffer.from(chunk));
    },
  };
  const nc = { protocol: { parser }, subscribe: () => undefined } as unknown as NatsConnection;
  const link = { nc, inboxPrefix: "_INBOX", use: () => () => true } as unknown as Link;
  const tap = new AnswerTap(link);
  const answers: string[] = [];
  const prefixes = ["a", "b"].map((name) => tap.listen(new Noted(name, answers)));
  return {
    bring: (chunk) => parser.parse(chunk),
    passed: () => Buffer.concat(chunks).toString("latin1"),
    answers,
    prefixes,
  };
}

/** An operation: `answer` is what is noted of it, if it is one; `text` gets the prefixes. */
interface Operation {
  readonly text: (prefixes: readonly string[]) => string;
  readonly answer?: string;
}

const payload = fc.string({ unit: "binary-ascii", maxLength: 40 });
const subject = fc.stringMatching(/^[a-zA-Z0-9_.]{1,30}$/);
const answer = fc
  .record({ which: fc.nat(1), number: fc.nat(1e12), sid: fc.nat(1000), payload })
  .map(
    ({ which, number, sid, payload: data }): Operation => ({
      text: (prefixes) => `MSG ${prefixes[which]}${number} ${sid} ${data.length}\r\n${data}\r\n`,
      answer: `${"ab"[which]} ${number} ${data}`,
    }),
  );
/** Looks like an answer, and is none. */
const nearly = fc
  .tuple(fc.constantFrom("", "x", "1x", "1 2 _R", "-1", "1.5"), fc.nat(9), payload)
  .map(
    ([tail, sid, data]): Operation => ({
      text: (prefixes) => `MSG ${prefixes[0]}${tail} ${sid} ${data.length}\r\n${data}\r\n`,
    }),
  );
const message = fc.tuple(subject, payload, fc.boolean()).map(
  ([to, data, hasReply]): Operation => ({
    text: () => `MSG ${to} 1 ${hasReply ? "_R.1 " : ""}${data.length}\r\n${data}\r\n`,
  }),
);
const headed = fc.tuple(fc.nat(1), payload).map(([which, data]): Operation => {
  const head = "NATS/1.0 503\r\n\r\n";
  const sizes = `${head.length} ${head.length + data.length}`;
  return { text: (prefixes) => `HMSG ${prefixes[which]}1 1 ${sizes}\r\n${head}${data}\r\n` };
});
const line = fc
  .constantFrom("PING\r\n", "PONG\r\n", "+OK\r\n", "-ERR 'MSG no'\r\n", 'INFO {"a":"MSG"}\r\n')
  .map((text): Operation => ({ text: () => text }));
const operations = fc.array(fc.oneof(answer, answer, nearly, message, headed, line), {
  maxLength: 20,
});

test("answers are taken out of any operations, in chunks of any size", () => {
  fc.assert(
    fc.property(operations, fc.array(fc.nat(2_000), { maxLength: 30 }), (all, cuts) => {
      const { bring, passed, answers, prefixes } = tapped();
      const bytes = Buffer.from(all.map(({ text }) => text(prefixes)).join(""), "latin1");
      const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length];
      let start = 0;
      for (const end of ends.sort((a, b) => a - b)) {
        // As of a socket that reads into the same memory again.
        const chunk = Buffer.from(bytes.subarray(start, end));
        bring(chunk);
        chunk.fill(0);
        start = end;
      }
      const noted = all.flatMap((each) => each.answer ?? []);
      const others = all.filter((each) => each.answer === undefined);
      assert.deepEqual(answers, noted);
      assert.equal(passed(), others.map(({ text }) => text(prefixes)).join(""));
    }),
    { numRuns: 500 },
  );
});

test("any bytes at all come to the official client, which says what is wrong with them", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (chunks) => {
      const { bring, passed, answers } = tapped();
      for (const chunk of chunks) bring(chunk);
      // The end of what looks like the line of a message is waited for.
      assert.ok(Buffer.concat(chunks).toString("latin1").startsWith(passed()));
      assert.deepEqual(answers, []);
    }),
  );
});

test("a line without an end is not kept for ever, nor is a message too large for an answer", () => {
  const endless = tapped();
  const line = "MSG ".padEnd(200_000, "a");
  for (let i = 0; i < line.length; i += 10_000)
    endless.bring(Buffer.from(line.slice(i, i + 10_000)));
  assert.equal(endless.passed(), line);

  const large = tapped();
  const head = `MSG ${large.prefixes[0]}1 1 100000\r\n`;
  large.bring(Buffer.from(head));
  assert.equal(large.passed(), head);
  large.bring(Buffer.from(`${"a".repeat(100_000)}\r\nMSG ${large.prefixes[0]}2 1 1\r\nz\r\n`));
  assert.deepEqual(large.answers, ["a 2 z"]);
});

test("a connection is not tapped in the middle of an operation", () => {
  const { bring, passed, answers, prefixes } = tapped(7);
  const text = `MSG ${prefixes[0]}1 1 1\r\nz\r\n`;
  bring(Buffer.from(text));
  assert.equal(passed(), text);
  assert.deepEqual(answers, []);
});

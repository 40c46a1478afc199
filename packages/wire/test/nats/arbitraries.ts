import fc from "fast-check";
import type { Call } from "./recorder.ts";

/** An operation as it is sent, and what a parser must report for it (nothing, for some). */
export interface Operation {
  readonly wire: string;
  readonly calls: readonly Call[];
}

/** Sizes of the chunks a stream is cut into, used over and over. */
export const chunkSizes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 40 }), {
  minLength: 1,
  maxLength: 8,
});

const field = fc.string({
  unit: fc.constantFrom("a", "b", ".", "*", ">", "$", "0", "9", "é", "\x01", "\x7f"),
  minLength: 1,
  maxLength: 9,
});
const blank = fc.constantFrom(" ", "\t", "  ", " \t ", "     ");
const trailing = fc.constantFrom("", "", "", " ", "\t ");
const lineEnd = fc.constantFrom("\r\n", "\r\n", "\n");
const payload = fc.string({
  unit: fc.constantFrom("x", "\r", "\n", " ", "\x00", "\xff", "PING\r\n"),
  maxLength: 20,
});

/** The verb in any mixture of cases. */
function verb(name: string): fc.Arbitrary<string> {
  return fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) => [...name].map((c, i) => (upper[i] ? c : c.toLowerCase())).join(""));
}

/** A control line of these fields, with any blanks between them. */
function line(name: string, fields: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(verb(name), fc.array(blank, { minLength: 9, maxLength: 9 }), trailing, lineEnd)
    .map(([spelled, blanks, tail, ending]) => {
      const args = fields.map((text, i) => `${blanks[i]}${text}`).join("");
      return `${spelled}${args}${tail}${ending}`;
    });
}

/** An operation with a payload. `before` are the fields before the sizes, `report` makes the call of it. */
function message(
  name: string,
  before: readonly string[],
  report: (headersSize: number, payload: string) => Call,
): fc.Arbitrary<Operation> {
  return fc.tuple(payload, payload).chain(([first, second]) => {
    const withHeaders = name.startsWith("H");
    const body = `${first}${second}`;
    const sizes = withHeaders ? [`${first.length}`, `${body.length}`] : [`${body.length}`];
    return line(name, [...before, ...sizes]).map((control) => ({
      wire: `${control}${body}\r\n`,
      calls: [report(withHeaders ? first.length : 0, body)],
    }));
  });
}

const optionalField = fc.option(field, { nil: "" });

const publish: fc.Arbitrary<Operation> = fc
  .tuple(fc.constantFrom("PUB", "HPUB"), field, optionalField)
  .chain(([name, subject, reply]) =>
    message(name, [subject, reply].filter(Boolean), (headersSize, body) => [
      "publish",
      subject,
      reply,
      headersSize,
      body,
    ]),
  );

const subscribe: fc.Arbitrary<Operation> = fc
  .tuple(field, optionalField, field)
  .chain(([subject, queue, sid]) =>
    line("SUB", [subject, queue, sid].filter(Boolean)).map((wire) => ({
      wire,
      calls: [["subscribe", subject, queue, sid]],
    })),
  );

const unsubscribe: fc.Arbitrary<Operation> = fc
  .tuple(field, fc.option(fc.integer({ min: 0, max: 999_999_999 }), { nil: undefined }))
  .chain(([sid, max]) =>
    line("UNSUB", max === undefined ? [sid] : [sid, `${max}`]).map((wire) => ({
      wire,
      calls: [["unsubscribe", sid, max ?? 0]],
    })),
  );

/** An operation whose only argument is the rest of its line. */
function textLine(name: string, call: string): fc.Arbitrary<Operation> {
  return fc
    .tuple(
      verb(name),
      blank,
      fc.json().filter((json) => json.length < 50),
      lineEnd,
    )
    .map(([spelled, separator, json, ending]) => ({
      wire: Buffer.from(`${spelled}${separator}${json}${ending}`).toString("latin1"),
      calls: [[call, Buffer.from(json).toString("latin1")]],
    }))
    .filter(({ wire }) => wire.length < 60);
}

/** An operation without arguments, with any bytes behind its verb. */
function signal(name: string, calls: readonly Call[]): fc.Arbitrary<Operation> {
  return fc
    .tuple(verb(name), fc.constantFrom("", " ", " rest", "x".repeat(99)), lineEnd)
    .map(([spelled, rest, ending]) => ({ wire: `${spelled}${rest}${ending}`, calls }));
}

/** What a client may send. */
export const clientOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: publish },
  subscribe,
  unsubscribe,
  textLine("CONNECT", "connect"),
  textLine("INFO", "info"),
  signal("PING", [["ping"]]),
  signal("PONG", [["pong"]]),
  signal("+OK", []),
);

const serverMessage: fc.Arbitrary<Operation> = fc
  .tuple(fc.constantFrom("MSG", "HMSG"), field, field, optionalField)
  .chain(([name, subject, sid, reply]) =>
    message(name, [subject, sid, reply].filter(Boolean), (headersSize, body) => [
      "message",
      subject,
      sid,
      reply,
      headersSize,
      body,
    ]),
  );

/** What a server may send. */
export const serverOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: serverMessage },
  textLine("INFO", "info"),
  textLine("-ERR", "err"),
  signal("PING", [["ping"]]),
  signal("PONG", [["pong"]]),
  signal("+OK", [["ok"]]),
);

/** Streams of operations with some bytes changed, removed, repeated or added, and of bytes that never were any. */
export function damagedStream(operation: fc.Arbitrary<Operation>): fc.Arbitrary<Buffer> {
  const byte = fc.oneof(
    fc.constantFrom(...Buffer.from("\r\n \t0129PUBSHMGINFO+-ERK")),
    fc.integer({ min: 0, max: 255 }),
  );
  const damage = fc.tuple(fc.nat(400), fc.constantFrom("set", "cut", "insert", "repeat"), byte);
  const stream = fc
    .tuple(fc.array(operation, { maxLength: 6 }), fc.array(damage, { maxLength: 3 }))
    .map(([operations, damages]) => {
      const bytes = [...Buffer.from(operations.map(({ wire }) => wire).join(""), "latin1")];
      for (const [position, kind, value] of damages) {
        const at = position % (bytes.length + 1);
        if (kind === "set") bytes.splice(at, 1, value);
        else if (kind === "cut") bytes.splice(at, (value % 20) + 1);
        else if (kind === "insert") bytes.splice(at, 0, value);
        else bytes.splice(at, 0, ...bytes.slice(at, at + value));
      }
      return Buffer.from(bytes);
    });
  const noise = fc.array(byte, { maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof({ weight: 5, arbitrary: stream }, noise);
}

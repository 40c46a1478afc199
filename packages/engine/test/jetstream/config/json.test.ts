import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  decodeLenient,
  decodeRequest,
  REQUEST_SIZE_MAX,
} from "../../../src/jetstream/config/request-body.ts";
import { listOf, nullable, type TextMap, textMap } from "../../../src/json/collection-shapes.ts";
import { encodeAnswer } from "../../../src/json/encode.ts";
import { JSON_DEPTH_MAX, type JsonNode, JsonParser } from "../../../src/json/json-syntax.ts";
import { duration, integer, text } from "../../../src/json/scalar-shapes.ts";
import type { Shape } from "../../../src/json/shape.ts";
import { always, optional, struct } from "../../../src/json/struct-shape.ts";

interface Inner {
  readonly label: string;
}

interface Sample {
  readonly name: string;
  readonly wait: bigint;
  readonly count: number;
  readonly tags: readonly string[];
  readonly inner: Inner | null;
  readonly map: TextMap;
}

const sample: Shape<Sample> = struct<Sample>("Sample", {
  name: always(text),
  wait: always(duration),
  count: optional(integer("uint64")),
  tags: optional(listOf(text)),
  inner: optional(nullable(struct<Inner>("Inner", { label: always(text) }))),
  map: optional(textMap),
});

function decode(body: string): Sample {
  const decoded = decodeRequest(Buffer.from(body), sample);
  if (!decoded.ok) assert.fail(decoded.error.description);
  return decoded.value;
}

function problem(body: string | Buffer): string {
  const decoded = decodeRequest(Buffer.from(body), sample);
  assert.equal(decoded.ok, false);
  if (decoded.ok) return "";
  assert.equal(decoded.error.err_code, 10025);
  return decoded.error.description.replace("invalid JSON: ", "");
}

test("what is not mentioned has its default", () => {
  const { map, ...rest } = decode("{}");
  assert.deepEqual(rest, { name: "", wait: 0n, count: 0, tags: [], inner: null });
  assert.deepEqual(Object.keys(map), []);
});

test("durations keep all 64 bits, there and back", () => {
  for (const digits of ["9223372036854775807", "-9223372036854775808", "34560000000000001"]) {
    const value = decode(`{"wait":${digits}}`);
    assert.equal(value.wait, BigInt(digits));
    assert.equal(encodeAnswer(sample.write(value)).toString(), `{"name":"","wait":${digits}}`);
  }
});

test("of a member that comes twice the later counts, and objects add up", () => {
  assert.equal(decode('{"name":"a","name":"b"}').name, "b");
  assert.deepEqual({ ...decode('{"map":{"a":"1"}}{"map":{"b":"2"}}').map }, { a: "1", b: "2" });
});

test("nothing reaches a prototype", () => {
  const { map } = decode('{"map":{"__proto__":"x","constructor":"y"}}');
  assert.equal(Object.getPrototypeOf(map), null);
  assert.equal(Object.entries(map).length, 2);
  assert.equal(problem('{"__proto__":{"name":"x"}}'), 'json: unknown field "__proto__"');
  assert.equal(({} as Record<string, unknown>)["name"], undefined);
});

test("depth and size are bounded", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  assert.match(problem(nested(JSON_DEPTH_MAX)), /^json: cannot unmarshal array/);
  assert.equal(
    problem(nested(JSON_DEPTH_MAX + 1)),
    `invalid character '[' exceeded max depth at offset ${JSON_DEPTH_MAX + 1}`,
  );
  const large = Buffer.alloc(REQUEST_SIZE_MAX + 1, " ");
  assert.equal(problem(large), `request of ${large.length} bytes exceeds ${REQUEST_SIZE_MAX}`);
  assert.equal(decodeRequest(large.subarray(1), sample).ok, true);
});

test("lenient reading takes one value and ignores what it does not know", () => {
  const read = (body: string): unknown => {
    const decoded = decodeLenient(
      Buffer.from(`..${body}..`),
      2,
      2 + Buffer.byteLength(body),
      sample,
    );
    return decoded.ok ? decoded.value.name : decoded.problem;
  };
  assert.equal(read('{"name":"n","bogus":{}}'), "n");
  assert.equal(read("{"), "unexpected end of JSON input");
  assert.equal(read("{}x"), "invalid character 'x' after top-level value");
  assert.equal(read(""), "unexpected end of JSON input");
});

/** Members by name: `JSON.parse` puts names that are numbers first. */
function sorted(members: [string, unknown][]): [string, unknown][] {
  return members.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What `JSON.parse` would have made of a node. */
function plain(node: JsonNode, source: string): unknown {
  switch (node.kind) {
    case "number":
      return Number(source.slice(node.start, node.end));
    case "null":
      return null;
    case "array":
      return node.items.map((item) => plain(item, source));
    case "object":
      return sorted(node.members.map(({ key, value }) => [key, plain(value, source)]));
    default:
      return node.value;
  }
}

function pairs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pairs);
  if (typeof value !== "object" || value === null) return value;
  return sorted(Object.entries(value).map(([key, member]) => [key, pairs(member)]));
}

test("every JSON text is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: "binary", maxDepth: 2 }), (source) => {
      const latin1 = Buffer.from(source).toString("latin1");
      assert.deepEqual(plain(new JsonParser(latin1).next(), latin1), pairs(JSON.parse(source)));
    }),
  );
});

test("what JSON.parse refuses is refused, and no bytes do harm", () => {
  const near = fc.tuple(
    fc.json(),
    fc.nat(),
    fc.constantFrom("", "{", '"', "\\", ",", "0", "\u0001"),
  );
  const broken = near.map(([source, at, insert]) => {
    const index = at % (source.length + 1);
    return Buffer.from(source.slice(0, index) + insert + source.slice(index + 1));
  });
  fc.assert(
    fc.property(fc.oneof(broken, fc.uint8Array().map(Buffer.from)), (bytes) => {
      const ours = decodeLenient(bytes, 0, bytes.length, sample);
      let isJson = true;
      try {
        JSON.parse(bytes.toString());
      } catch {
        isJson = false;
      }
      const isSyntaxProblem = !ours.ok && !/^json: |^parsing time/.test(ours.problem);
      assert.equal(isSyntaxProblem, !isJson, bytes.toString());
    }),
  );
});

test("answers are written as Go writes them", () => {
  const answer = { a: "<\u2028&\u2029>", b: undefined, c: [1, -2n, 2n ** 63n, true, null], d: {} };
  assert.equal(
    encodeAnswer(answer).toString(),
    '{"a":"\\u003c\\u2028\\u0026\\u2029\\u003e","c":[1,-2,9223372036854775808,true,null],"d":{}}',
  );
});

test("answers are what JSON.stringify writes, but for escapes", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary", maxDepth: 2 }), (value) => {
      const text = encodeAnswer(value as never).toString();
      assert.doesNotMatch(text, /[<>&]/);
      assert.equal(JSON.stringify(JSON.parse(text)), JSON.stringify(value));
    }),
  );
});

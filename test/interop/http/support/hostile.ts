import fc from "fast-check";
import type { ApiDocument, Operation, Shape } from "./document.ts";

/** A request as it is sent, byte for byte. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
const deepObject = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
/** Written into JSON as they stand. */
const hostileTexts = [
  "null",
  "true",
  "-1",
  "0",
  "1e308",
  "1e999",
  "9007199254740993",
  "0.1",
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"../../etc/passwd"',
  '"$SYS.>"',
  '"*"',
  '">"',
  '"a b\\r\\nc"',
  '"2026-13-45T99:99:99Z"',
  '"(a+)+$"',
  `"${"x".repeat(70_000)}"`,
  '"ÄÖÜ💥‮"',
  "[]",
  "{}",
  "[[[]]]",
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":1,"hasOwnProperty":1}',
  deep,
  deepObject,
];
const hostileText = fc.constantFrom(...hostileTexts);

/** Names that no path should have. */
const oddNames = [
  "%2e%2e",
  "..%2f..%2fetc",
  "a%2Fb",
  "%00",
  "a%00b",
  "%F0%9F%92%A5",
  "%C3%A4",
  "%ff",
  "%",
  "%zz",
  "a%20b",
  "a%0d%0aX-Evil:%201",
  "*",
  "%3E",
  "$SYS",
  "_INBOX",
  "__proto__",
  "constructor",
  "prototype",
  "hasOwnProperty",
  "a;b=c",
  "-1",
  "0",
  "99999999999999999999",
  "1e3",
  "NaN",
  "x".repeat(256),
  "x".repeat(513),
  "%41".repeat(512),
];

/**
 * Requests for an operation that say half of what it wants and half of what nobody does.
 *
 * @param names - Names of what there is, so that something is found.
 */
export function hostileRequests(
  document: ApiDocument,
  operation: Operation,
  names: readonly string[],
): fc.Arbitrary<HostileRequest> {
  const name = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...names) },
    { weight: 1, arbitrary: fc.constantFrom(...oddNames) },
  );
  const path = fc
    .tuple(...[...operation.path.matchAll(/\{\w+\}/g)].map(() => name))
    .map((found) => {
      let i = 0;
      return operation.path.replaceAll(/\{\w+\}/g, () => found[i++] ?? "");
    });
  return fc
    .record({
      path,
      query: queryOf(operation),
      body: bodyOf(document, operation),
      type: fc.oneof(
        { weight: 6, arbitrary: fc.constant("application/json") },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "application/x-ndjson",
            "not a type",
            "",
          ),
        },
      ),
      key: fc.option(fc.constantFrom("k1", "k2", "x".repeat(3_000), '"quoted"', "a b"), {
        freq: 5,
        nil: undefined,
      }),
    })
    .map((asked) => ({
      method: operation.method,
      path: `${asked.path}${asked.query}`,
      headers: {
        ...(asked.body !== undefined && { "content-type": asked.type }),
        ...(asked.key !== undefined && { "idempotency-key": asked.key }),
      },
      body: asked.body,
    }));
}

function queryOf({ parameters }: Operation): fc.Arbitrary<string> {
  const known = parameters.filter((each) => each.in === "query").map((each) => each.name);
  const names = [...known, "__proto__", "constructor", "limit", "colour", "a[b]"];
  const value = fc.constantFrom(
    ...["1", "0", "-1", "1e9", "99999999999999999999", "", "x", "%00", "%ff", "a,b"],
    ...["2026-01-01T00:00:00Z", "oldest", "true", "*", "x".repeat(5_000), "%F0%9F%92%A5"],
  );
  return fc
    .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 3 })
    .map((pairs) =>
      pairs.length === 0 ? "" : `?${pairs.map((pair) => pair.join("=")).join("&")}`,
    );
}

function bodyOf(
  document: ApiDocument,
  { method, body }: Operation,
): fc.Arbitrary<string | undefined> {
  if (method === "GET") return fc.constant(undefined);
  const fitting = body === undefined ? hostileText : jsonOf(document, body, 0);
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 6, arbitrary: fitting },
    { weight: 1, arbitrary: hostileText },
    {
      weight: 1,
      arbitrary: fc.tuple(fitting, fc.nat()).map(([text, at]) => text.slice(0, at % text.length)),
    },
  );
}

/** JSON that fits a shape, more or less. */
function jsonOf(document: ApiDocument, given: Shape, depth: number): fc.Arbitrary<string> {
  const shape = document.resolve(given);
  const fitting = fittingOf(document, shape, depth);
  return fc.oneof(
    { weight: 5, arbitrary: fitting },
    { weight: depth === 0 ? 0 : 1, arbitrary: hostileText },
  );
}

function fittingOf(document: ApiDocument, shape: Shape, depth: number): fc.Arbitrary<string> {
  const choices = shape.anyOf ?? shape.oneOf ?? shape.allOf;
  if (depth > 5) return hostileText;
  if (choices !== undefined) {
    return fc.oneof(...choices.map((each) => jsonOf(document, each, depth + 1)));
  }
  const { enum: values, const: only, properties, items } = shape;
  if (values !== undefined) return fc.constantFrom(...values.map((each) => JSON.stringify(each)));
  if (only !== undefined) return fc.constant(JSON.stringify(only));
  if (properties !== undefined) return objectOf(document, shape, depth);
  if (items !== undefined) {
    return fc
      .array(jsonOf(document, items, depth + 1), { maxLength: 3 })
      .map((each) => `[${each.join()}]`);
  }
  switch (shape.type) {
    case "integer":
    case "number":
      return fc.constantFrom("1", "2", "0", "60000");
    case "boolean":
      return fc.constantFrom("true", "false");
    case "string":
      return fc.constantFrom('"orders"', '"x"', '"{}"', '"json"', '"2026-01-01T00:00:00Z"');
    default:
      return hostileText;
  }
}

function objectOf(document: ApiDocument, shape: Shape, depth: number): fc.Arbitrary<string> {
  const { properties = {}, required = [] } = shape;
  const fields = Object.entries(properties).map(([name, each]) => {
    const value = jsonOf(document, each, depth + 1).map(
      (text) => `${JSON.stringify(name)}:${text}`,
    );
    const freq = required.includes(name) ? 20 : 2;
    return fc.option(value, { freq, nil: undefined });
  });
  const stray = fc.option(
    fc.constantFrom(
      '"__proto__":{"isAdmin":true}',
      '"constructor":{"prototype":{}}',
      '"role":"owner"',
    ),
    { freq: 12, nil: undefined },
  );
  return fc
    .tuple(...fields, stray)
    .map((said) => `{${said.filter((each) => each !== undefined).join()}}`);
}

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type ConfOptions, confMapToPlain, parseNatsConf } from "../../src/nats-conf/index.ts";

function parse(text: string, options: Partial<ConfOptions> = {}): Record<string, unknown> {
  return { ...confMapToPlain(parseNatsConf(text, { file: "a.conf", ...options })) };
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

suite("values", () => {
  const cases: readonly (readonly [text: string, expected: unknown])[] = [
    ["2", 2],
    ["-1", -1],
    ["2k", 2000],
    ["2K", 2000],
    ["2kb", 2048],
    ["2KiB", 2048],
    ["2m", 2_000_000],
    ["2mb", 2_097_152],
    ["-2mb", -2_097_152],
    ["1g", 1_000_000_000],
    ["1gib", 1_073_741_824],
    ["1t", 1e12],
    ["1.5", 1.5],
    ["-1.25", -1.25],
    ["10s", "10s"],
    ["1m30s", "1m30s"],
    ["12ab", "12ab"],
    ["2kbb", "2kbb"],
    ["127.0.0.1:4222", "127.0.0.1:4222"],
    ["1.2.3", "1.2.3"],
    ["true", true],
    ["YES", true],
    ["off", false],
    ["truely", "truely"],
    ["2026-05-01T18:32:00Z", "2026-05-01T18:32:00.000Z"],
    ["hello", "hello"],
    ["nats://a:b@c", "nats://a:b@c"],
    ["a#b", "a#b"],
    ["it's", "it's"],
    ["§12§12", "§12§12"],
    ["$2a$11$abc.def/ghi", "$2a$11$abc.def/ghi"],
    ['"a b"', "a b"],
    ['"$NAME"', "$NAME"],
    ['"tab\\t quote\\" back\\\\ line\\n"', 'tab\t quote" back\\ line\n'],
    ['"\\x41\\xc3\\xa9"', "Aé"],
    ["a\\x20b", "a b"],
    ["'raw \\n $X'", "raw \\n $X"],
    ['""', ""],
    ["(\n  raw ) text\n)", "\n  raw ) text\n"],
    ["[]", []],
    ["[1,2]", [1, 2]],
    ["[a, 'b', \"c\"]", ["a", "b", "c"]],
    ["[\n 1 # one\n 2 // two\n\n]", [1, 2]],
    ["[ {a: 1}\n {a: 2} ]", [{ a: 1 }, { a: 2 }]],
    ["[[1] , [2]]", [[1], [2]]],
    ["{}", {}],
    ["{ a: 1, b = 2; c 3 }", { a: 1, b: 2, c: 3 }],
    ["{ a { b { c: 1 } } }", { a: { b: { c: 1 } } }],
    ["{ 'a b': 1\n \"c:d\": 2 }", { "a b": 1, "c:d": 2 }],
    ["{ a:\n 1 }", { a: 1 }],
  ];
  for (const [text, expected] of cases) {
    test(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(plain(parse(`key: ${text}`)), { key: expected });
      assert.deepEqual(plain(parse(`outer { key ${text}\n}`)), { outer: { key: expected } });
    });
  }
});

suite("files", () => {
  test("keys end at blanks, : and =, and a map needs no separator", () => {
    const text = "a 1\nb: 2\nc = 3\nd{e 4}\nf [5]\ng\n{ h: 6 }\n'i' 7\n";
    const expected = { a: 1, b: 2, c: 3, d: { e: 4 }, f: [5], g: { h: 6 }, i: 7 };
    assert.deepEqual(plain(parse(text)), expected);
  });

  test("comments, commas, semicolons, carriage returns and a byte order mark are no keys", () => {
    const text = "\uFEFF# one\r\na: 1 # two\r\n// three\r\nb: 2, c: 3; d: 4 // four\r\n";
    assert.deepEqual(parse(text), { a: 1, b: 2, c: 3, d: 4 });
  });

  test("JSON is accepted", () => {
    const value = { port: 4222, jetstream: { store_dir: "/data", list: [1, "a", { b: false }] } };
    assert.deepEqual(plain(parse(JSON.stringify(value))), value);
    assert.deepEqual(plain(parse(JSON.stringify(value, null, 2))), value);
  });

  test("the last of two equal keys wins", () => {
    assert.deepEqual(parse("a: 1\na: 2"), { a: 2 });
  });

  test("a key may be called __proto__ or include in quotes", () => {
    const map = parseNatsConf('"include": 1\n__proto__: 2', { file: "a.conf" });
    assert.deepEqual([...map.keys()], ["include", "__proto__"]);
  });

  test("what the test launcher of nats.js writes is read", () => {
    const text = `
port: -1
authorization {
  users [
     {
      user: a
      password: "1234"
      permissions {
        publish [
          foo.>
          _INBOX.>
        ]
      }
    }
     {
      user: §12§12§12
      password: 'x y'
    }
  ]
}
jetstream {
  max_file_store: 10485760
  store_dir: /data/js
}`;
    assert.deepEqual(plain(parse(text)), {
      port: -1,
      authorization: {
        users: [
          { user: "a", password: "1234", permissions: { publish: ["foo.>", "_INBOX.>"] } },
          { user: "§12§12§12", password: "x y" },
        ],
      },
      jetstream: { max_file_store: 10485760, store_dir: "/data/js" },
    });
  });

  test("values and keys know where they stand", () => {
    const map = parseNatsConf("a: 1\n  b:   { c: 2 }", { file: "x.conf" });
    const entry = map.get("b");
    assert.deepEqual(entry?.keyPosition, { file: "x.conf", line: 2, column: 3 });
    assert.deepEqual(entry?.value.position, { file: "x.conf", line: 2, column: 8 });
  });
});

suite("variables", () => {
  test("the nearest map around is asked first, then the environment", () => {
    const text = "X: 1\na { b { X: 2, c: $X }, d: $X }\ne: $X\nf: $PORT";
    const environment = { X: "9", PORT: "4222" };
    const expected = { X: 1, a: { b: { X: 2, c: 2 }, d: 1 }, e: 1, f: 4222 };
    assert.deepEqual(plain(parse(text, { environment })), expected);
  });

  test("maps and arrays can be variables, also from the environment", () => {
    const environment = { LIST: "[1, {a: yes}]", QUOTED: '"4222"', EMPTY: "" };
    const text = "one { b: 1 }\ntwo: $one\nthree: $LIST\nfour: $QUOTED\nfive: $EMPTY";
    assert.deepEqual(plain(parse(text, { environment })), {
      one: { b: 1 },
      two: { b: 1 },
      three: [1, { a: true }],
      four: "4222",
      five: "",
    });
  });

  test("a referenced key is marked", () => {
    const map = parseNatsConf("A: 1\nB: 2\nc: $A", { file: "a.conf" });
    assert.equal(map.get("A")?.isReferenced, true);
    assert.equal(map.get("B")?.isReferenced, false);
  });

  test("unknown variables and cycles are errors with a place", () => {
    assert.throws(() => parse("a: 1\nb: $NO"), {
      code: "CONF_VARIABLE_UNKNOWN",
      message: /^a\.conf:2:4: \$NO is not defined/,
    });
    const environment = { A: "$B", B: "$A" };
    assert.throws(() => parse("x: $A", { environment }), { code: "CONF_VARIABLE_CYCLE" });
  });
});

suite("includes", () => {
  const files: Readonly<Record<string, string>> = {
    "users.conf": "users: [ {user: a} ]\ninclude more.conf",
    "more.conf": "timeout: 2",
    "self.conf": "include self.conf",
    "bad.conf": "a: [",
  };
  const include: NonNullable<ConfOptions["include"]> = (path) => {
    const text = files[path];
    if (text === undefined) throw new Error("no such file");
    return { file: path, text };
  };

  test("keys land in the map around, at any level and in any quotes", () => {
    for (const path of ["users.conf", "'users.conf'", '"users.conf"']) {
      const value = parse(`authorization { include ${path} }\ninclude more.conf`, { include });
      assert.deepEqual(plain(value), {
        authorization: { users: [{ user: "a" }], timeout: 2 },
        timeout: 2,
      });
    }
  });

  test("a missing file, an error inside and a file that includes itself are reported", () => {
    assert.throws(() => parse("include none.conf", { include }), {
      code: "CONF_INCLUDE_FAILED",
      message: 'a.conf:1:9: cannot include "none.conf": no such file',
    });
    assert.throws(() => parse("include bad.conf", { include }), { message: /^bad\.conf:1:4: / });
    assert.throws(() => parse("include self.conf", { include }), { code: "CONF_TOO_DEEP" });
    assert.throws(() => parse("include a"), { code: "CONF_INCLUDE_FAILED" });
  });
});

suite("refusals", () => {
  const cases: readonly (readonly [text: string, message: RegExp])[] = [
    ["a", /^a\.conf:1:2: the key "a" has no value$/],
    ["a:\nb: 1", /^a\.conf:1:3: the key "a" has no value$/],
    ["a: {", /^a\.conf:1:4: this map has no closing }$/],
    ["a: [1", /^a\.conf:1:4: this array has no closing ]$/],
    ["a: [1,,2]", /^a\.conf:1:7: expected a value or ], found ","$/],
    ["a: [1 2]", /^a\.conf:1:7: expected a comma, a new line or ], found "2"$/],
    ['a: "x', /^a\.conf:1:4: this string has no end/],
    ["a: 'x", /^a\.conf:1:4: this string has no end/],
    ["a: (x\n", /^a\.conf:1:4: this block has no end/],
    ["a: 1 2", /^a\.conf:1:6: expected a new line or a comma after the value, found "2"$/],
    ["a {b: 1 c}", /^a\.conf:1:9: expected a new line, a comma or } after the value, found "c"$/],
    ["a: -x", /^a\.conf:1:4: "-x" is not a number/],
    ["a: .5", /^a\.conf:1:4: a number starts with a digit: write 0\.5$/],
    ["a: 9223372036854775808", /^a\.conf:1:4: 9223372036854775808 does not fit into 64 bits$/],
    ["a: 2026-13-01T00:00:00Z", /^a\.conf:1:4: .* is not a date in the calendar$/],
    ['a: "\\q"', /^a\.conf:1:6: unknown escape \\q/],
    ['a: "\\xg1"', /^a\.conf:1:6: \\x needs two hexadecimal digits$/],
    ["= 1", /^a\.conf:1:1: expected a key, found "="$/],
    ["a: 1\n}\nb: 2", /^a\.conf:2:1: expected a key, found "}"$/],
    ["'a", /^a\.conf:1:1: this key has no closing '$/],
    [`a: ${"[".repeat(100)}`, /stand in one another more than 64 deep/],
  ];
  for (const [text, message] of cases) {
    test(`refuses ${JSON.stringify(text.slice(0, 30))}`, () => {
      assert.throws(() => parse(text), { name: "OxbowError", message });
    });
  }
});

test("one closing brace too many at the end is let pass", () => {
  assert.deepEqual(parse("a: 1\n}\n# end\n"), parse("a: 1"));
});

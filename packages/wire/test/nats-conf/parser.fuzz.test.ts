import assert from "node:assert/strict";
import { test } from "node:test";
import { OxbowError } from "@oxbow/base";
import fc from "fast-check";
import { confMapToPlain, parseNatsConf } from "../../src/nats-conf/index.ts";

const options = {
  file: "fuzz.conf",
  environment: { A: "1", B: "$A", C: "[$B, {x: $C}]" },
  include: (path: string) => ({ file: path, text: `${path}: 1` }),
};

test("any text is parsed or refused with an OxbowError", () => {
  const pieces = fc.constantFrom(
    ..."{ } [ ] ( ) ' \" : = , ; # // \\ \\x4 $A $B $C $ include a 1k 1.5 -1 - . \n \r \t".split(
      " ",
    ),
    " ",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (input) => {
      try {
        parseNatsConf(input, options);
      } catch (error) {
        assert.ok(error instanceof OxbowError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test("JSON without its own escapes means the same here", () => {
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.boolean(),
      fc.integer(),
      fc.string({ unit: fc.constantFrom(..."aé ☃\"\\{}[]:,#'$\n\t") }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-z {}#]{1,6}$/), tie("value"), { maxKeys: 4 }),
    ),
  }));
  const file = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), value, { maxKeys: 4 });
  fc.assert(
    fc.property(file, fc.constantFrom(0, 2), (expected, indent) => {
      const actual = confMapToPlain(parseNatsConf(JSON.stringify(expected, null, indent), options));
      assert.deepEqual(JSON.parse(JSON.stringify(actual)), JSON.parse(JSON.stringify(expected)));
    }),
  );
});

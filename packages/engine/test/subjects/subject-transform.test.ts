import assert from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "@oxbow/base";
import fc from "fast-check";
import {
  checkMapping,
  compileReversibleTransform,
  compileTransform,
  tokenizeWildcards,
  untokenizeDestination,
} from "../../src/subjects/subject-transform.ts";

let nextRandom = 0;
const random: Random = { fill: () => {}, below: (end) => nextRandom++ % end };

const invalid = "invalid mapping destination: ";
const outOfRange = `${invalid}wildcard index out of range in `;
const notEnough = `${invalid}not enough arguments passed to the function in `;
const tooMany = `${invalid}too many arguments passed to the function in `;
const badArgument = `${invalid}function argument is invalid or in the wrong format in `;
const unknown = `${invalid}unknown function in `;

test("subjects become what nats-server makes of them", () => {
  const rows: [source: string, destination: string, subject: string, expected: string][] = [
    ["", "prefix.>", "foo", "prefix.foo"],
    ["foo", "bar", "foo", "bar"],
    ["foo.*.bar.*.baz", "req.$2.$1", "foo.A.bar.B.baz", "req.B.A"],
    ["foo.*.bar.*.baz", "req.{{wildcard(2)}}.{{wildcard(1)}}", "foo.A.bar.B.baz", "req.B.A"],
    ["baz.>", "my.pre.>", "baz.1.2.3", "my.pre.1.2.3"],
    [">", ">", "any.thing", "any.thing"],
    [">", "a.>", "x.y", "a.x.y"],
    ["a.>", ">", "a.x.y", "x.y"],
    ["*.a.>", "b.$1.>", "q.a.r.s", "b.q.r.s"],
    ["*", "foo.bar.$1", "foo", "foo.bar.foo"],
    ["*", "$JS.$1.$x", "foo", "$JS.foo.$x"],
    ["*", "{{splitfromleft(1,3)}}", "12345", "123.45"],
    ["*", "{{ SplitFromLeft ( 1 , 3 ) }}", "12345", "123.45"],
    ["*", "{{SplitFromRight(1,3)}}", "12345", "12.345"],
    ["*", "{{SplitFromRight(1,5)}}", "12345", "12345"],
    ["*", "{{SplitFromRight(1,-1)}}", "12345", "12345"],
    ["*", "{{SliceFromLeft(1,3)}}", "1234567890", "123.456.789.0"],
    ["*", "{{SliceFromLeft(1,5)}}", "1234567890", "12345.67890"],
    ["*", "{{SliceFromRight(1,3)}}", "1234567890", "1.234.567.890"],
    ["*", "{{SliceFromRight(1,5)}}", "1234567890", "12345.67890"],
    ["*", "{{split(1,-)}}", "-abc-def--ghi-", "abc.def.ghi"],
    ["*", "{{split(1,-)}}", "abc-def--ghi-", "abc.def.ghi"],
    ["*", "{{split(1,-)}}", "--a", ".a"],
    ["*", "{{split(1,)}}", "aéb", "a.é.b"],
    ["*", "{{split(1,==)}}", "a==b=c", "a.b=c"],
    ["*.*", "{{split(2,-)}}.{{splitfromleft(1,2)}}", "foo.-abc-def--ghij-", "abc.def.ghij.fo.o"],
    ["*", "{{right(1,1)}}", "1234", "4"],
    ["*", "{{right(1,3)}}", "1234", "234"],
    ["*", "{{right(1,6)}}", "1234", "1234"],
    ["*", "{{left(1,1)}}", "1234", "1"],
    ["*", "{{Left(1,3)}}", "1234", "123"],
    ["*", "{{left(1,6)}}", "1234", "1234"],
    ["*", "bar.{{partition(0)}}", "baz", "bar.0"],
    ["*", "bar.{{partition(10, 0)}}", "foo", "bar.3"],
    ["*.*", "bar.{{partition(10)}}", "foo.bar", "bar.6"],
    ["*", "bar.{{partition(10)}}", "foo", "bar.3"],
    ["*", "bar.{{Partition(10)}}", "baz", "bar.0"],
    ["*", "bar.{{partition(10)}}", "qux", "bar.9"],
    ["*", "bar.{{random(0)}}", "qux", "bar.0"],
    ["foo.bar", "baz.{{partition(10)}}", "foo.bar", "baz.6"],
    ["foo.baz", "qux.{{partition(10)}}", "foo.baz", "qux.4"],
    ["test.subject", "result.{{partition(5)}}", "test.subject", "result.0"],
    ["foo.*", "one.two.{{wildcard(1)}}", "foo", "one.two."],
  ];
  for (const [source, destination, subject, expected] of rows) {
    const transform = compileTransform(source, destination, random);
    assert.equal(transform.apply(subject), expected, `${source} ${destination} ${subject}`);
  }
});

test("random numbers are below the given one", () => {
  const transform = compileTransform("*", "bar.{{random(6)}}", random);
  nextRandom = 0;
  const results = Array.from({ length: 7 }, () => transform.apply("x"));
  assert.deepEqual(results, ["bar.0", "bar.1", "bar.2", "bar.3", "bar.4", "bar.5", "bar.0"]);
});

test("only subjects of the source match", () => {
  const transform = compileTransform("foo.*.>", "bar.$1.>", random);
  assert.equal(transform.match("foo.a.b.c"), "bar.a.b.c");
  for (const subject of ["foo.a", "foo", "bar.a.b", "foo.a..b", "foo.*.b", "foo.a.>"]) {
    assert.equal(transform.match(subject), undefined, subject);
  }
  assert.equal(compileTransform("a.b", "c", random).match("a.b.c"), undefined);
  assert.equal(compileTransform("a.b", "c", random).match("a"), undefined);
});

test("what cannot be a transform is refused with the text of nats-server", () => {
  const rows: [source: string, destination: string, text: string][] = [
    ["foo..", "bar", "invalid subject"],
    ["foo.*", "bar.*", "invalid subject"],
    ["foo.*", "bar.$1.>", "invalid subject"],
    ["foo.>", "bar.baz", "invalid subject"],
    ["foo.*", "bar.$2", `${outOfRange}$2: [2]`],
    ["foo.*", "foo.{{wildcard(2)}}", `${outOfRange}{{wildcard(2)}}: [2]`],
    ["foo.*", "foo.{{unimplemented(1)}}", `${unknown}{{unimplemented(1)}}`],
    ["foo.*", "foo.{{partition()}}", `${badArgument}{{partition()}}`],
    ["foo.*", "foo.{{partition(2147483648)}}", `${badArgument}{{partition(2147483648)}}`],
    ["foo.*", "foo.{{partition(2,9)}}", `${outOfRange}{{partition(2,9)}}: [9]`],
    ["foo.*", "foo.{{random()}}", `${badArgument}{{random()}}`],
    ["foo.*", "foo.{{random(1,2)}}", `${notEnough}{{random(1,2)}}`],
    ["foo.*", "foo.{{random(2147483648)}}", `${badArgument}{{random(2147483648)}}`],
    ["foo.*", "foo.{{wildcard(foo)}}", `${badArgument}{{wildcard(foo)}}`],
    ["foo.*", "foo.{{wildcard()}}", `${notEnough}{{wildcard()}}`],
    ["foo.*", "foo.{{wildcard(1,2)}}", `${tooMany}{{wildcard(1,2)}}`],
    ["foo.*", "foo.{{ wildcard5) }}", `${unknown}{{ wildcard5) }}`],
    ["foo.*", "foo.{{splitLeft(2,2}}", `${unknown}{{splitLeft(2,2}}`],
    ["foo.*", "foo.{{split(1)}}", `${notEnough}{{split(1)}}`],
    ["foo.*", "foo.{{split(1,a b)}}", `${badArgument}{{split(1,a b)}}`],
    ["foo.*", "foo.{{left(1,2147483648)}}", `${badArgument}{{left(1,2147483648)}}`],
    ["foo.*", "foo.{{left(1,2,3)}}", `${tooMany}{{left(1,2,3)}}`],
    ["foo", "bla.{{wildcard(1)}}", `${outOfRange}{{wildcard(1)}}`],
    ["foo", "bla.$1", `${outOfRange}$1`],
  ];
  for (const [source, destination, message] of rows) {
    assert.throws(
      () => compileTransform(source, destination, random),
      { code: "SUBJECT_TRANSFORM_INVALID", message },
      `${source} ${destination}`,
    );
  }
});

test("a reversible transform uses wildcards only, and all of them", () => {
  const notAll = `${invalid}not using all of the token wildcard(s) in `;
  const onlyWildcard = `${invalid}the only mapping function allowed for import transforms is {{Wildcard()}} in `;
  const rows: [source: string, destination: string, message: string][] = [
    ["foo.*.*", "bar.$2", `${notAll}bar.$2`],
    ["foo.*", "foo.$foo", `${notAll}foo.$foo`],
    ["foo.*", "bar.{{Partition(2,1)}}", `${onlyWildcard}{{Partition(2,1)}}`],
  ];
  for (const [source, destination, message] of rows) {
    assert.throws(() => compileReversibleTransform(source, destination), { message });
  }
  const transform = compileReversibleTransform("foo.*.*.>", "bar.$2.{{Wildcard(1)}}.>");
  assert.equal(transform.apply("foo.b.a.x.y"), "bar.a.b.x.y");
  assert.equal(transform.reverse().apply("bar.a.b.x.y"), "foo.b.a.x.y");
  assert.equal(compileReversibleTransform("a", "b").reverse().apply("b"), "a");
  assert.equal(transform.inverse().apply("bar.a.b.x.y"), "foo.b.a.x.y");
  const inTurn = compileReversibleTransform("*.*.*", "$2.$3.$1");
  assert.equal(inTurn.apply("x.y.z"), "y.z.x");
  assert.equal(inTurn.inverse().apply("y.z.x"), "x.y.z");
  assert.equal(inTurn.reverse().apply("y.z.x"), "z.x.y", "as nats-server has it");
});

test("a mapping's destination has no blanks outside functions", () => {
  checkMapping("foo.*", "");
  checkMapping("foo.*", "bar.{{ wildcard(1) }}");
  const rows: [destination: string, message: string][] = [
    ["a b", `${invalid}invalid transform`],
    ["a..b", `${invalid}invalid transform`],
    ["a.>.b", `${invalid}invalid transform in b`],
    ["{{x}}", `${unknown}{{x}}`],
    ["bar.*", "invalid subject"],
  ];
  for (const [destination, message] of rows) {
    assert.throws(() => checkMapping("foo.*", destination), { message }, destination);
  }
});

test("wildcards and placeholders are turned into each other", () => {
  assert.equal(tokenizeWildcards("foo.*.bar.*"), "foo.$1.bar.$2");
  assert.deepEqual(untokenizeDestination("foo.$2.{{wildcard(1)}}.$x"), {
    pattern: "foo.*.*.$x",
    placeholders: ["$2", "{{wildcard(1)}}"],
  });
});

test("any transform of any subject stays within the room it asks for", () => {
  const functions = [
    "$1",
    "$2",
    "lit",
    "{{split(1,-)}}",
    "{{split(2,)}}",
    "{{sliceFromLeft(1,1)}}",
    "{{sliceFromRight(2,2)}}",
    "{{splitFromRight(1,2)}}",
    "{{left(1,2)}}",
    "{{partition(2147483647,1,2)}}",
    "{{partition(-1)}}",
    "{{random(2147483647)}}",
  ];
  const part = fc.stringMatching(/^[a-z-]{1,6}$/);
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...functions), { minLength: 1, maxLength: 5 }),
      fc.array(part, { minLength: 3, maxLength: 6 }),
      (destination, tokens) => {
        const transform = compileTransform("*.*.>", [...destination, ">"].join("."), random);
        const subject = Buffer.from(tokens.join("."));
        const sizeMax = transform.sizeMax(subject.length);
        const target = Buffer.alloc(sizeMax + 8, 0xff);
        const end = transform.write(target, 4, subject, 0, subject.length);
        assert.ok(end <= 4 + sizeMax);
        assert.ok(target.subarray(end).every((byte) => byte === 0xff));
        assert.ok(target.toString("utf8", 4, end).endsWith(`.${tokens.slice(2).join(".")}`));
      },
    ),
  );
});

test("any text is a destination or refused, in time linear in its length", () => {
  const piece = fc.constantFrom("{{", "}}", "(", ")", ",", ".", " ", "$", "1", "split", "wildcard");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      try {
        compileTransform("*.*", pieces.join(""), random).apply("a.b");
      } catch (error) {
        assert.equal((error as { code?: string }).code, "SUBJECT_TRANSFORM_INVALID");
      }
    }),
  );
  const long = `{{${"partition(".repeat(50_000)}}}`;
  assert.throws(() => compileTransform("*", long, random), { code: "SUBJECT_TRANSFORM_INVALID" });
});

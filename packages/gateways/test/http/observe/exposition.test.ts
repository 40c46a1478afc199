import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Exposition, type Family, formatFor } from "../../../src/http/observe/exposition.ts";

const sizes: Family = { name: "oxbow_size", type: "gauge", help: 'A "size"\nwith \\.' };
const times: Family = { name: "oxbow_time_seconds", type: "histogram", help: "How long." };

test("families stand together, whichever order their series come in", () => {
  const to = new Exposition("prometheus", 100);
  to.add(sizes, { station: "a" }, 1);
  to.addHistogram(times, {}, { boundsSeconds: [0.1, 1], counts: [2, 1, 1], sumSeconds: 3.5 });
  to.add(sizes, { station: "b" }, null);
  to.add(sizes, { station: "c" }, 2.5);
  assert.equal(
    to.text,
    [
      '# HELP oxbow_size A "size"\\nwith \\\\.',
      "# TYPE oxbow_size gauge",
      'oxbow_size{station="a"} 1',
      'oxbow_size{station="c"} 2.5',
      "# HELP oxbow_time_seconds How long.",
      "# TYPE oxbow_time_seconds histogram",
      'oxbow_time_seconds_bucket{le="0.1"} 2',
      'oxbow_time_seconds_bucket{le="1"} 3',
      'oxbow_time_seconds_bucket{le="+Inf"} 4',
      "oxbow_time_seconds_sum 3.5",
      "oxbow_time_seconds_count 4",
      "",
    ].join("\n"),
  );
});

test("any label stays what it was, on one line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (station) => {
      const to = new Exposition("openmetrics", 10);
      to.add(sizes, { station }, 1);
      assert.equal(to.text.split("\n").length, 5);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (station) => {
      const to = new Exposition("prometheus", 10);
      to.add(sizes, { station }, 1);
      const [, label = ""] =
        /^oxbow_size\{station="((?:[^"\\\n]|\\["\\n])*)"\} 1$/m.exec(to.text) ?? [];
      const unescaped = label.replaceAll(/\\(.)/g, (_, char: string) =>
        char === "n" ? "\n" : char,
      );
      assert.equal(unescaped, station);
    }),
  );
});

test("what has no room is left out, and counted", () => {
  const to = new Exposition("prometheus", 2);
  for (const station of ["a", "b", "c", "d"]) to.add(sizes, { station }, 1);
  assert.equal(to.leftOut, 2);
  assert.equal(to.text.match(/^oxbow_size\{/gm)?.length, 2);
});

test("OpenMetrics is for who asks for it", () => {
  assert.equal(formatFor(undefined), "prometheus");
  assert.equal(formatFor("text/plain"), "prometheus");
  assert.equal(formatFor("application/openmetrics-text; version=1.0.0"), "openmetrics");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogLevel } from "../src/config/index.ts";
import { createLogger } from "../src/logger.ts";

function linesOf(level: LogLevel, log: (logger: ReturnType<typeof createLogger>) => void) {
  const lines: string[] = [];
  log(createLogger(level, { write: (line) => lines.push(line) }));
  return lines.map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} /, "<time> "));
}

test("a line is the time, the level, the message and the fields", () => {
  const lines = linesOf("info", (logger) => {
    logger.info({ stream: "ORDERS", durationMs: 1.5, path: "a b" }, "stream created");
    logger.error({ code: "EIO" }, "disk\nfailed");
    logger.debug({}, "not shown");
  });
  assert.deepEqual(lines, [
    '<time> INFO  stream created stream=ORDERS durationMs=1.5 path="a b"\n',
    "<time> ERROR disk failed code=EIO\n",
  ]);
});

test("a level shows itself and what is worse", () => {
  const shown = (["error", "warn", "info", "debug", "trace"] as const).map((level) => {
    const lines = linesOf(level, (logger) => {
      for (const name of ["trace", "debug", "info", "warn", "error"] as const) logger[name]({}, "");
    });
    return lines.map((line) => line.split(" ")[1]).join(" ");
  });
  assert.deepEqual(shown, [
    "ERROR",
    "WARN ERROR",
    "INFO WARN ERROR",
    "DEBUG INFO WARN ERROR",
    "TRACE DEBUG INFO WARN ERROR",
  ]);
});

test("a field of any kind fits on the line", () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const error = new Error("not\nnow");
  const [line = ""] = linesOf("info", (logger) => {
    const odd = { none: undefined, empty: "", equal: "a=b", big: 2n ** 64n, circle };
    logger.info({ ...odd, list: [1, null], lines: "a\nb", err: error }, "odd");
  });
  assert.equal(
    line.slice(0, line.indexOf(" err=")),
    '<time> INFO  odd empty="" equal="a=b" big=18446744073709551616 circle="[object Object]" ' +
      'list=[1,null] lines="a\\nb"',
  );
  assert.equal(JSON.parse(line.slice(line.indexOf(" err=") + 5)), error.stack);
});

test("silent says nothing", () => {
  assert.deepEqual(
    linesOf("silent", (logger) => logger.error({}, "lost")),
    [],
  );
});

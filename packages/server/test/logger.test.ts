import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "../src/logger.ts";

function linesOf(level: "info" | "silent", log: (logger: ReturnType<typeof createLogger>) => void) {
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

test("silent says nothing", () => {
  assert.deepEqual(
    linesOf("silent", (logger) => logger.error({}, "lost")),
    [],
  );
});

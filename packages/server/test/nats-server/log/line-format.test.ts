import assert from "node:assert/strict";
import { test } from "node:test";
import { formatLine, type LineFormat } from "../../../src/nats-server/log/line-format.ts";
import { engineLogger, ServerLog } from "../../../src/nats-server/log/server-log.ts";

const utc: LineFormat = { time: true, timeUtc: true, isColoured: false, pid: 42 };
const at = Date.UTC(2026, 10, 20, 12, 25, 32, 775) + 0.7745;

test("a line has process id, time to the microsecond, level and text", () => {
  assert.equal(
    formatLine(utc, "INF", at, "Server is ready"),
    "[42] 2026/11/20 12:25:32.775774 [INF] Server is ready\n",
  );
});

test("without time there is only level and text", () => {
  assert.equal(formatLine({ ...utc, time: false }, "DBG", at, "x"), "[DBG] x\n");
});

test("on a terminal levels are coloured", () => {
  const line = formatLine({ ...utc, time: false, isColoured: true }, "ERR", at, "x");
  assert.equal(line, "[\u001b[31mERR\u001b[0m] x\n");
});

test("a text of the engine stays on one line, with the connection before it and the rest behind", () => {
  const lines: string[] = [];
  const format = { ...utc, time: false };
  const log = new ServerLog(
    { write: (line) => lines.push(line) },
    format,
    { debug: false, trace: true },
    () => at,
  );
  const logger = engineLogger(log);
  logger.debug({}, "not told");
  logger.trace({ connection: "127.0.0.1:1 - cid:5" }, "<<- [PING]");
  logger.error({ connection: "c", reason: "two\nlines" }, "bad\r\n[INF] forged");
  logger.warn({ sequence: 7 }, "odd");
  assert.deepEqual(lines, [
    "[TRC] 127.0.0.1:1 - cid:5 - <<- [PING]\n",
    "[ERR] c - bad [INF] forged (reason: two lines)\n",
    "[WRN] odd (sequence: 7)\n",
  ]);
});

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { FileSink } from "../../../src/nats-server/log/file-sink.ts";

let directory = "";

before(() => {
  directory = mkdtempSync(join(tmpdir(), "oxbow-log-"));
});
after(() => rmSync(directory, { recursive: true }));

let nowMs = Date.UTC(2026, 10, 20, 12, 0, 0, 5);
const now = (): number => nowMs++;
const notice = (text: string): string => `[INF] ${text}\n`;

test("a file that is full is put aside, and the oldest of those are removed", () => {
  const path = join(directory, "full.log");
  const sink = new FileSink(path, { sizeMax: 10, filesMax: 3 }, now, notice);
  for (const word of ["one", "two", "three", "four"]) sink.write(`${word.padEnd(10, ".")}\n`);
  sink.close();
  const files = readdirSync(directory).filter((file) => file.startsWith("full.log"));
  assert.equal(files.length, 3);
  const [current = "", ...backups] = files.sort();
  assert.equal(current, "full.log");
  assert.match(backups[0] ?? "", /^full\.log\.2026\.11\.\d\d(\.\d\d){3}\.\d{9}$/);
  const text = readFileSync(path, "utf8");
  assert.match(text, /Rotated log, backup saved as ".*full\.log\.2026/);
  assert.match(text, /Purged log file "full\.log\.2026/);
  assert.match(readFileSync(join(directory, backups[1] ?? ""), "utf8"), /four/);
});

test("without limits a file only grows", () => {
  const path = join(directory, "grows.log");
  const sink = new FileSink(path, { sizeMax: 0, filesMax: 0 }, now, notice);
  sink.write("a\n");
  sink.close();
  const again = new FileSink(path, { sizeMax: 0, filesMax: 0 }, now, notice);
  again.write("b\n");
  again.close();
  assert.equal(readFileSync(path, "utf8"), "a\nb\n");
});

test("after its file was moved away, reopening goes on in a new one", () => {
  const path = join(directory, "moved.log");
  const sink = new FileSink(path, { sizeMax: 0, filesMax: 0 }, now, notice);
  sink.write("before\n");
  renameSync(path, `${path}.1`);
  sink.write("still\n");
  sink.reopen();
  sink.write("after\n");
  sink.close();
  assert.equal(readFileSync(`${path}.1`, "utf8"), "before\nstill\n");
  assert.equal(readFileSync(path, "utf8"), "after\n");
});

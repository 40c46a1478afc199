import assert from "node:assert/strict";
import { test } from "node:test";
import { formatNumber, formatRatio, formatTable } from "../format.ts";
import { fileSystemOf } from "../machine.ts";
import { parseBusySeconds, parseCpuSeconds, parseMemory } from "../proc.ts";
import { countSyncs } from "../servers/strace.ts";

test("CPU time is found behind a process name with spaces and parentheses", () => {
  const stat = "42 (a b) c) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 11 0 100 1 1";
  assert.deepEqual(parseCpuSeconds(stat), { user: 2.5, system: 0.5 });
});

test("memory is converted from KiB to bytes", () => {
  const status = "Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n";
  assert.deepEqual(parseMemory(status), { rssBytes: 1024 * 1024, rssBytesMax: 2048 * 1024 });
});

test("time spent idle or waiting for a disk is not busy", () => {
  assert.equal(parseBusySeconds("cpu  100 10 200 9999 8888 5 10 5 0 0\ncpu0 1 1 1\n"), 3.3);
});

test("both kinds of sync are counted, with and without failed calls in the table", () => {
  const table = [
    "% time     seconds  usecs/call     calls    errors syscall",
    "------ ----------- ----------- --------- --------- ----------------",
    " 90.00    0.010000         100       100           fdatasync",
    " 10.00    0.001000         100        10         2 fsync",
    "------ ----------- ----------- --------- --------- ----------------",
    "100.00    0.011000         100       110         2 total",
  ].join("\n");
  assert.equal(countSyncs(table), 110);
});

test("the file system of a path is that of its deepest mount point", () => {
  const mounts =
    "/dev/a / ext4 rw 0 0\ntmpfs /scratch tmpfs rw 0 0\n/dev/b /scratchfiles xfs rw 0 0\n";
  assert.equal(fileSystemOf(mounts, "/scratch/x"), "tmpfs");
  assert.equal(fileSystemOf(mounts, "/scratchfiles"), "xfs");
  assert.equal(fileSystemOf(mounts, "/data"), "ext4");
});

test("numbers keep three significant digits", () => {
  assert.equal(formatNumber(1_234_567), "1,230,000");
  assert.equal(formatNumber(0.012345), "0.0123");
  assert.equal(formatNumber(undefined), "–");
});

test("a ratio comes with its range", () => {
  assert.equal(formatRatio({ count: 3, median: 2.345, min: 1, max: 165.4 }), "2.35× [1.00–165]");
});

test("the cells of a table are as wide as the widest of their column", () => {
  assert.equal(
    formatTable(["case", "n"], [["a", "1,000"]]),
    ["| case |     n |", "|------|------:|", "| a    | 1,000 |"].join("\n"),
  );
});

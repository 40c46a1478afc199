import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sendSignal } from "../../../src/nats-server/command-line/send-signal.ts";

type Sent = readonly [pid: number, signal: NodeJS.Signals];

/** Sends a signal to processes that only exist here; what was sent, and what was said. */
function send(
  request: string,
  running: readonly number[] | undefined = [],
): { readonly sent: readonly Sent[]; readonly failure: string | undefined } {
  const sent: Sent[] = [];
  const failure = sendSignal(request, {
    find: () => running,
    kill: (pid, signal) => {
      if (pid === 666) throw Object.assign(new Error("no"), { code: "EPERM" });
      if (pid === 404) throw Object.assign(new Error("no"), { code: "ESRCH" });
      sent.push([pid, signal]);
    },
  });
  return { sent, failure };
}

test("each command is a signal", () => {
  const commands = ["stop", "quit", "term", "reopen", "reload", "ldm"];
  assert.deepEqual(
    commands.map((command) => send(`${command}=7`).sent[0]?.[1]),
    ["SIGKILL", "SIGINT", "SIGTERM", "SIGUSR1", "SIGHUP", "SIGUSR2"],
  );
  assert.equal(send("jump=7").failure, 'unknown signal "jump"');
});

test("without a process there must be exactly one server", () => {
  assert.deepEqual(send("reload", [12]).sent, [[12, "SIGHUP"]]);
  assert.equal(send("reload", []).failure, "no nats-server processes running");
  assert.equal(send("reload", [1, 2]).failure, "multiple nats-server processes running:\n1\n2");
  assert.equal(
    sendSignal("reload", { find: () => undefined, kill: () => {} }),
    "unable to resolve pid, try providing one",
  );
});

test("a process is named by its id, the beginning of ids, or a file", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "oxbow-signal-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "pid");
  writeFileSync(file, "34\n");
  assert.deepEqual(send(`quit=${file}`).sent, [[34, "SIGINT"]]);
  assert.deepEqual(send("quit=12*", [12, 123, 34]).sent, [
    [12, "SIGINT"],
    [123, "SIGINT"],
  ]);
  assert.deepEqual(send("quit=*", [1, 2]).sent.length, 2);
  assert.equal(send("quit=/nowhere").failure, "invalid pid: /nowhere");
  assert.equal(send("quit=1=2").failure, "invalid signal parameters: [2]");
});

test("what cannot be reached is said", () => {
  assert.equal(send("quit=404").failure, '\nsignal "quit" 404: no such process');
  assert.equal(send("quit=666").failure, '\nsignal "quit" 666: operation not permitted');
});

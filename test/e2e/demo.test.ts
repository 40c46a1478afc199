import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { onEachTarget } from "../interop/support/targets.ts";
import { oxbow, RunningCommand } from "./support/command.ts";

interface Outcome {
  readonly isMatch: boolean;
  readonly results: readonly {
    readonly stream: string;
    readonly messages: number;
    readonly syncs?: number;
    readonly published: { readonly checksum: string };
  }[];
}

/** Checksums of the data sets themselves: what was sent is what the package ships, on whatever server. */
const checksums = ["bbf774993053b501", "0ec5b97de9a35642", "d92a4a6da34fea60"];

function assertExactMatch(text: string): Outcome {
  const outcome = JSON.parse(text) as Outcome;
  assert.equal(outcome.isMatch, true);
  assert.deepEqual(
    outcome.results.map(({ stream, messages }) => [stream, messages]),
    [
      ["DEMO_FLIGHTS", 20_000],
      ["DEMO_DELAYS", 200_000],
      ["DEMO_QUAKES", 1707],
    ],
  );
  assert.deepEqual(
    outcome.results.map(({ published }) => published.checksum),
    checksums,
  );
  return outcome;
}

onEachTarget("the demo", (target) => {
  test("ends with its table and an exact match, on a server that has run it before", async () => {
    const args = ["demo", "--server", target.server.url];
    const first = await oxbow([...args, "--json"]);
    assert.equal(first.status, 0, first.stderr);
    const { results } = assertExactMatch(first.stdout);
    const isCounting = results.every(({ syncs }) => syncs !== undefined && syncs > 0);
    assert.equal(isCounting, target.name === "oxbow");

    const second = await oxbow(args);
    assert.equal(second.status, 0, second.stderr);
    assert.match(second.stdout, /exact match: all 221,707 messages/);
    assert.match(second.stderr, /DEMO_DELAYS +100% {2}200,000 of 200,000 .* msg\/s, lag 0\n/);
  });

  test("does not touch a stream of the same name that is not its own", async () => {
    const env = { OXBOW_URL: target.server.url };
    await oxbow(["stream", "delete", "DEMO_FLIGHTS"], { env });
    await oxbow(["stream", "create", "DEMO_FLIGHTS", "--subjects", "mine"], { env });
    const { status, stderr } = await oxbow(["demo", "--server", target.server.url], { env });
    assert.equal(status, 1);
    assert.match(stderr, /^oxbow: the stream DEMO_FLIGHTS is not the demo's: rename or delete it/);
  });
});

test("the demo's own server is killed in the middle, and the match is exact all the same", async () => {
  await inDirectory(async (cwd) => {
    const { status, stdout, stderr } = await oxbow(["demo", "--crash", "--json"], { cwd });
    assert.equal(status, 0, stderr);
    assertExactMatch(stdout);
  });
});

test("a demo that was killed leaves nothing that the next one stumbles over", async () => {
  await inDirectory(async (cwd) => {
    // Port 1 answers nobody, so that the demo starts a server of its own.
    const options = { cwd, env: { OXBOW_URL: "127.0.0.1:1" } };
    await using killed = new RunningCommand(["demo"], options);
    await killed.complains(/DEMO_DELAYS +[1-9]/);
    await killed.stop("SIGKILL");
    const { status, stdout, stderr } = await oxbow(["demo", "--json"], options);
    assert.equal(status, 0, stderr);
    assertExactMatch(stdout);
  });
});

async function inDirectory(use: (path: string) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), "oxbow-demo-"));
  try {
    await use(path);
  } finally {
    await rm(path, { recursive: true });
  }
}

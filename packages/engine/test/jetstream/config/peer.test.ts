import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import {
  type Case,
  caseName,
  streamCreateCases,
  supportedCases,
  unsupportedCases,
} from "./cases.ts";
import { Checker } from "./checker.ts";
import { NatsPeer } from "./nats-peer.ts";

/** The API level of the nats-server that the texts were taken from. */
const API_LEVEL = 5;
const recordings = new URL("./testdata/answers.json", import.meta.url);

/** The `error` or `config` of an answer, byte for byte. */
function essence(answer: string): string {
  const error = /"error":(\{"code":\d+,"err_code":\d+,"description":"(?:[^"\\]|\\.)*"\})/.exec(
    answer,
  );
  if (error !== null) return `{"error":${error[1]}}`;
  const start = answer.indexOf('"config":');
  for (let end = answer.indexOf("}", start); end >= 0; end = answer.indexOf("}", end + 1)) {
    const text = `{${answer.slice(start, end + 1)}}`;
    try {
      JSON.parse(text);
      return text;
    } catch {
      // A brace inside of the configuration.
    }
  }
  return answer;
}

async function peerOrSkip(t: TestContext): Promise<NatsPeer | undefined> {
  const peer = await NatsPeer.start();
  if (peer === undefined) {
    if (process.env["OXBOW_REQUIRE_PEERS"] === "1") assert.fail("nats-server is not on PATH");
    t.skip("nats-server is not on PATH");
    return undefined;
  }
  if (peer.version.startsWith("2.15.")) return peer;
  await peer[Symbol.asyncDispose]();
  t.skip(`nats-server is ${peer.version}; the texts are those of 2.15`);
  return undefined;
}

// Goal: whatever is asked, the answer is nats-server's, byte for byte. Both get the same requests in the same order, so
// that both also have the same streams and consumers when a request meets one that exists.
test("requests are answered as nats-server answers them", async (t) => {
  await using peer = await peerOrSkip(t);
  if (peer === undefined) return;
  const checker = new Checker({ version: peer.version, apiLevel: API_LEVEL });
  const recorded: Record<string, string> = {};
  for (const [index, request] of supportedCases.entries()) {
    const subject = `$JS.API.${request.api}.${request.target}`;
    const theirs = essence(await peer.request(subject, request.body));
    recorded[caseName(request, index)] = theirs;
    assert.equal(checker.answer(request), theirs, `${subject} ${request.body.slice(0, 300)}`);
  }
  if (process.env["OXBOW_RECORD"] === "1") {
    const lines = { version: peer.version, apiLevel: API_LEVEL, answers: recorded };
    await writeFile(recordings, `${JSON.stringify(lines, undefined, 1)}\n`);
  }
});

test("what nats-server accepts and this server does not do is refused by name", async (t) => {
  await using peer = await peerOrSkip(t);
  if (peer === undefined) return;
  const checker = new Checker({ version: peer.version, apiLevel: API_LEVEL });
  const main = streamCreateCases[0] as Case;
  checker.answer(main);
  await peer.request(`$JS.API.${main.api}.${main.target}`, main.body);
  for (const request of unsupportedCases) {
    const answer = await peer.request(`$JS.API.${request.api}.${request.target}`, request.body);
    assert.match(answer, /"config":/, request.body);
    assert.match(checker.answer(request), /"err_code":10052,.* is not supported by this server"/);
  }
});

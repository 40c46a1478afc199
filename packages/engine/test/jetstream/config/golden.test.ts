import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { caseName, supportedCases, unsupportedCases } from "./cases.ts";
import { Checker } from "./checker.ts";

interface Recording {
  readonly version: string;
  readonly apiLevel: number;
  readonly answers: Readonly<Record<string, string>>;
}

// The answers are those of a real nats-server, recorded by peer.test.ts with OXBOW_RECORD=1.
test("requests are answered as nats-server was recorded to answer them", async () => {
  const file = new URL("./testdata/answers.json", import.meta.url);
  const { answers, ...server } = JSON.parse(await readFile(file, "utf8")) as Recording;
  const checker = new Checker(server);
  assert.equal(Object.keys(answers).length, supportedCases.length);
  for (const [index, request] of supportedCases.entries()) {
    const name = caseName(request, index);
    assert.equal(checker.answer(request), answers[name], name);
  }
});

test("each unsupported feature is named in its refusal", () => {
  const checker = new Checker({ version: "2.15.1", apiLevel: 5 });
  const [main] = supportedCases;
  if (main !== undefined) checker.answer(main);
  const texts = unsupportedCases.map((request) => {
    const answer = JSON.parse(checker.answer(request)) as {
      error: { err_code: number; description: string };
    };
    assert.equal(answer.error.err_code, 10052, request.body);
    return answer.error.description.replace(" is not supported by this server", "");
  });
  assert.deepEqual(texts, ["max_msgs beyond 9007199254740991"]);
});

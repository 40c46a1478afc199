import assert from "node:assert/strict";
import { test } from "node:test";
import { onEachTarget } from "../interop/support/targets.ts";
import { expanded, type GoldenSection, readGolden } from "./support/golden.ts";
import { LineClient } from "./support/line-client.ts";

const scenarios = readGolden("client-protocol.txt");
const user = { user: "a", password: "a" };
const needsAuthorization = (scenario: GoldenSection): boolean => scenario.title.startsWith("auth:");

onEachTarget(
  "client protocol, without authorization",
  (target) => {
    for (const scenario of scenarios.filter((each) => !needsAuthorization(each))) {
      test(scenario.title, () => replay(scenario, target.server.port));
    }
  },
  { maxPayloadBytes: 1000 },
);

onEachTarget(
  "client protocol, with authorization",
  (target) => {
    for (const scenario of scenarios.filter(needsAuthorization)) {
      test(scenario.title, async () => {
        const endsByTime = scenario.lines.some((line) => line.includes("Authentication Timeout"));
        if (!endsByTime) return await replay(scenario, target.server.port);
        await using hasty = await target.start({ authorization: { ...user, timeoutMs: 500 } });
        await replay(scenario, hasty.port);
      });
    }
  },
  { authorization: { ...user, timeoutMs: 20_000 } },
);

/** Plays one scenario; every line must come in its place, and at the end nothing more. */
async function replay(scenario: GoldenSection, port: number): Promise<void> {
  await using client = await LineClient.open(port);
  const transcript: string[] = [];
  for (const line of scenario.lines) {
    if (line.startsWith("> ")) client.write(unescaped(line.slice(2)));
    else transcript.push(await follow(client, line));
  }
  assert.deepEqual(
    transcript,
    scenario.lines.filter((line) => !line.startsWith("> ")),
  );
}

/** What the server did where the transcript has `line`. */
async function follow(client: LineClient, line: string): Promise<string> {
  if (line === "(open)") {
    client.write("PING\r\n");
    const last = await client.next();
    return last === "PONG" ? "(open)" : described(last);
  }
  return described(await client.next());
}

function described(line: string | undefined): string {
  return line === undefined ? "(closed)" : `< ${line}`;
}

function unescaped(text: string): string {
  return expanded(text).replaceAll("\\r", "\r").replaceAll("\\n", "\n").replaceAll("\\t", "\t");
}

import assert from "node:assert/strict";
import { test } from "node:test";
import type { RawMessage } from "../interop/support/inbox.ts";
import { RawClient } from "../interop/support/raw-client.ts";
import { onEachTarget } from "../interop/support/targets.ts";
import { blankedAnswer, blankedReply } from "./support/blank.ts";
import { expanded, type GoldenSection, readGolden } from "./support/golden.ts";

const NO_ANSWER = "(no answer)";

/** One request of the golden file, and what must come back. */
interface Step {
  readonly subject: string;
  readonly wantsAnswer: boolean;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly answers: readonly { readonly text: string; readonly reply: string | undefined }[];
}

const CONVERSATIONS = [
  ["the main requests", "jetstream-api.txt"],
  ["refused stream requests", "stream-refusals.txt"],
  ["refused consumer requests", "consumer-refusals.txt"],
  ["refused publishes", "publish-refusals.txt"],
  ["pull statuses", "pull-statuses.txt"],
  ["direct gets", "direct-gets.txt"],
  ["what is consumed", "retention.txt"],
] as const;

for (const [what, file] of CONVERSATIONS) {
  onEachTarget(`JetStream API, ${what}`, (target) => {
    test("answers as nats-server 2.15.1 does", async (context) => {
      await using client = await RawClient.open(target.server);
      let lastReply = "";
      for (const section of readGolden(file)) {
        const step = parseStep(section);
        await context.test(section.title, async () => {
          lastReply = (await play(client, step, lastReply)) ?? lastReply;
        });
      }
    });
  });
}

/** Sends one request and compares the answers; gives the reply subject of the last one that had any. */
async function play(client: RawClient, step: Step, lastReply: string): Promise<string | undefined> {
  const subject = step.subject === "@last" ? lastReply : step.subject;
  const headers = Object.keys(step.headers).length > 0 ? step.headers : undefined;
  if (!step.wantsAnswer) {
    client.publish(subject, step.body);
    return undefined;
  }
  const inbox = client.ask(subject, step.body, headers);
  if (step.answers[0]?.text === NO_ANSWER) {
    // The API works off one connection in order: once a later request is answered, this one was passed over.
    await client.request("$JS.API.INFO");
    assert.deepEqual(inbox.arrived, []);
    return undefined;
  }
  let reply: string | undefined;
  for (const expected of step.answers) {
    const message = await inbox.next();
    assert.deepEqual(blankedAnswer(shown(message)), blankedAnswer(expected.text));
    if (expected.reply !== undefined) {
      assert.equal(blankedReply(message.reply), expected.reply);
      reply = message.reply;
    }
  }
  await client.flush();
  assert.deepEqual(inbox.arrived, [], "more answers than expected");
  client.unsubscribe(inbox);
  return reply;
}

/** A message in the notation of the golden file. */
function shown(message: RawMessage): string {
  const header = message.header === "" ? "" : `${JSON.stringify(message.header)} `;
  return `${header}${message.body.toString()}`;
}

function parseStep(section: GoldenSection): Step {
  const step = {
    subject: "",
    wantsAnswer: true,
    headers: {} as Record<string, string>,
    body: "",
    answers: [] as { text: string; reply: string | undefined }[],
  };
  for (const line of section.lines) {
    const text = line.slice(2);
    if (line.startsWith(">") || line.startsWith("!")) {
      step.subject = expanded(text);
      step.wantsAnswer = line.startsWith(">");
    } else if (line.startsWith("H")) {
      const [name = "", value = ""] = text.split(": ");
      step.headers[name] = value;
    } else if (line.startsWith("|")) {
      step.body = expanded(text);
    } else if (line.startsWith("<")) {
      step.answers.push({ text, reply: undefined });
    } else if (line.startsWith("=")) {
      const answer = step.answers.at(-1);
      if (answer !== undefined) answer.reply = text;
    }
  }
  return step;
}

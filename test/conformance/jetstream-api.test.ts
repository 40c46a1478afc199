import { test } from "node:test";
import { RawClient } from "../interop/support/raw-client.ts";
import { onEachTarget } from "../interop/support/targets.ts";
import { Conversation, parseStep } from "./support/conversation.ts";
import { readGolden } from "./support/golden.ts";

const CONVERSATIONS = [
  ["the main requests", "jetstream-api.txt"],
  ["refused stream requests", "stream-refusals.txt"],
  ["refused consumer requests", "consumer-refusals.txt"],
  ["refused publishes", "publish-refusals.txt"],
  ["publishes with several faults", "publish-order.txt"],
  ["pauses and resets of consumers", "consumer-control.txt"],
  ["pull statuses", "pull-statuses.txt"],
  ["direct gets", "direct-gets.txt"],
  ["direct gets of many", "direct-gets-many.txt"],
  ["what is consumed", "retention.txt"],
  ["counters", "counters.txt"],
  ["atomic batches", "atomic-batches.txt"],
  ["fast batches", "fast-batches.txt"],
  ["what is rewritten", "rewritten.txt"],
  ["lifetimes of messages", "lifetimes.txt"],
  ["schedules", "schedules.txt"],
] as const;

for (const [what, file] of CONVERSATIONS) {
  onEachTarget(`JetStream API, ${what}`, (target) => {
    test("answers as nats-server 2.15.1 does", async (context) => {
      await using client = await RawClient.open(target.server);
      const conversation = new Conversation(client, "inbox.of.the.conversation");
      for (const section of readGolden(file)) {
        const step = parseStep(section);
        await context.test(section.title, () => conversation.play(step));
      }
    });
  });
}

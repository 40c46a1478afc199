import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { natsServerProgram, type ServerOptions } from "@oxbow/testkit/servers";
import { acknowledgements } from "./differential/acknowledgements.ts";
import { consumerRefusals } from "./differential/consumer-refusals.ts";
import { consumers } from "./differential/consumers.ts";
import { getsOf } from "./differential/gets.ts";
import {
  accountLimits,
  afterPurge,
  inSystemAccount,
  limitsConfig,
  serverLimits,
  smallAccount,
  withoutJetStream,
} from "./differential/limits.ts";
import { malformed } from "./differential/malformed.ts";
import { moreConsumerRefusals } from "./differential/more-consumer-refusals.ts";
import { origins } from "./differential/origins.ts";
import { publishes } from "./differential/publishes.ts";
import { pulls } from "./differential/pulls.ts";
import { recorded } from "./differential/recorded.ts";
import { streamRefusals } from "./differential/stream-refusals.ts";
import { streamUpdates } from "./differential/stream-updates.ts";
import { streams } from "./differential/streams.ts";
import { unanswered } from "./differential/unanswered.ts";
import { waitingPulls } from "./differential/waiting-pulls.ts";
import { type Area, compareServers, reachedErrorCodes } from "./support/compare-servers.ts";
import { errorCodes, unreachedErrorCodes } from "./support/error-codes.ts";

/** One configuration for both; what is compared holds for either version of nats-server's 2.14 and 2.15. */
const options: ServerOptions = {};

const program = natsServerProgram();

const transcripts = readdirSync(new URL("testdata", import.meta.url)).filter(
  (file) => file !== "accounts.txt" && file !== "client-protocol.txt",
);

const areas: readonly Area[] = [
  ["streams with each field", streams],
  ["refused streams", streamRefusals],
  ["updates of streams", streamUpdates],
  ["consumers with each field", consumers],
  ["refused consumers", consumerRefusals],
  ["publishes with each header", publishes],
  ["gets from memory", getsOf("memory")],
  ["gets from files", getsOf("file")],
  ["pulls and their statuses", pulls],
  ["acknowledgements", acknowledgements],
  ["what a lone server does not do", unanswered],
  ["mirrors and sources", origins],
  ["more refused consumers", moreConsumerRefusals],
  ["pulls that wait", waitingPulls],
];

compareServers("Oxbow answers as nats-server does", options, areas);
// On servers of their own, since they look at how many requests were counted.
compareServers("Oxbow reads bodies as nats-server does", options, [
  ["bodies of every shape", malformed],
]);
for (const file of transcripts) {
  compareServers(`Oxbow answers ${file} as nats-server does`, options, [
    ["what it asks", recorded(file)],
  ]);
}
compareServers("Oxbow keeps to limits as nats-server does", { config: limitsConfig }, [
  ["an account with limits", accountLimits, { user: "limited", pass: "pw" }],
  ["a small account", smallAccount, { user: "small", pass: "pw" }],
  ["a server with limits", serverLimits, { user: "free", pass: "pw" }],
  ["an account without JetStream", withoutJetStream, { user: "without", pass: "pw" }],
  ["the system account", inSystemAccount, { user: "sys", pass: "pw" }],
  ["an account whose streams it removed", afterPurge, { user: "free", pass: "pw" }],
]);

test("every error code is reached, or there is a reason why it isn't", {
  skip: program === undefined,
}, () => {
  const [first, last] = errorCodes;
  const unreached = unreachedErrorCodes.flatMap(([, codes]) => codes).sort((a, b) => a - b);
  const missing: number[] = [];
  for (let code = first; code <= last; code++) if (!reachedErrorCodes.has(code)) missing.push(code);
  assert.deepEqual(missing, unreached);
});

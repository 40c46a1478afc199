import type { ServerOptions } from "@oxbow/testkit/servers";
import { acknowledgements } from "./differential/acknowledgements.ts";
import { consumerRefusals } from "./differential/consumer-refusals.ts";
import { consumers } from "./differential/consumers.ts";
import { getsOf } from "./differential/gets.ts";
import { publishes } from "./differential/publishes.ts";
import { pulls } from "./differential/pulls.ts";
import { streamRefusals } from "./differential/stream-refusals.ts";
import { streamUpdates } from "./differential/stream-updates.ts";
import { streams } from "./differential/streams.ts";
import { unanswered } from "./differential/unanswered.ts";
import { compareServers } from "./support/compare-servers.ts";
import type { Request } from "./support/differential.ts";

/** One configuration for both; what is compared holds for either version of nats-server's 2.14 and 2.15. */
const options: ServerOptions = {};

const areas: readonly (readonly [string, readonly Request[]])[] = [
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
];

compareServers("Oxbow answers as nats-server does", options, areas);

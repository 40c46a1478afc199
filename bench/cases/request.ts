import type { BenchCase } from "./case.ts";
import { measureLoad } from "./measure-load.ts";

const PAYLOAD_SIZE = 128;
const SUBJECT = "bench.echo";

/** Round trips between two clients, one at a time. */
export const requestCases: readonly BenchCase[] = [
  {
    name: "request.128",
    title: "request and reply, one at a time, 128 B",
    group: "rate",
    isDurablePublish: false,
    run: (environment) =>
      measureLoad(environment, {
        counted: "requester",
        roles: (port) => [
          { name: "responder", options: { port, subject: SUBJECT } },
          { name: "requester", options: { port, payloadSize: PAYLOAD_SIZE, subject: SUBJECT } },
        ],
      }),
  },
];

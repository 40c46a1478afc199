import { inFlightMax } from "../load/core-publisher.ts";
import { type BenchCase, SUBJECTS, sizeLabel } from "./case.ts";
import { measureLoad } from "./measure-load.ts";

/** Credits per window: often enough that the publisher never waits for one. */
const CREDITS_PER_WINDOW = 16;

function coreCase(subscriberCount: number, payloadSize: number): BenchCase {
  const who = subscriberCount === 1 ? "one subscriber" : `${subscriberCount} subscribers`;
  return {
    name: `core.${subscriberCount}.${payloadSize}`,
    title: `core publish to ${who}, ${sizeLabel(payloadSize)} (deliveries)`,
    group: "rate",
    isDurablePublish: false,
    run: (environment) =>
      measureLoad(environment, {
        counted: "core-subscriber",
        roles: (port) => [
          {
            name: "core-subscriber",
            options: {
              port,
              payloadSize,
              connectionCount: subscriberCount,
              subject: "bench.*",
              creditEvery: Math.floor(inFlightMax(payloadSize) / CREDITS_PER_WINDOW),
            },
          },
          { name: "core-publisher", options: { port, payloadSize, subjects: SUBJECTS } },
        ],
        async verify(_admin, reports) {
          const sent = reports.get("core-publisher")?.total ?? 0;
          const received = reports.get("core-subscriber")?.total;
          if (received !== sent * subscriberCount) {
            throw new Error(`${received} deliveries of ${sent} messages`);
          }
        },
      }),
  };
}

/** Core publish to one and to ten subscribers, each on its own connection. */
export const coreCases: readonly BenchCase[] = [1, 10].flatMap((subscriberCount) =>
  [16, 128, 1024].map((payloadSize) => coreCase(subscriberCount, payloadSize)),
);

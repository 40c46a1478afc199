import { type BenchCase, STREAM, SUBJECTS } from "./case.ts";
import { REFERENCE_CASE } from "./durable.ts";
import { measureLoad } from "./measure-load.ts";

const PAYLOAD_SIZE = 128;

/** Share of the slowest server's maximum rate: below saturation, where latency means something. */
const LOAD_SHARE = 0.5;

/**
 * @param includesDurableOnly - Whether the rate suits even the servers limited to durable publishing, which sync every
 * message on its own and are far slower than the others.
 */
function latencyCase(name: string, title: string, includesDurableOnly: boolean): BenchCase {
  // Fixed when first asked for, so that all servers and rounds face the same load.
  let rate: number | undefined;
  return {
    name,
    title,
    group: "latency",
    isDurablePublish: includesDurableOnly,
    isForDurableOnlyServer: includesDurableOnly,
    needs: REFERENCE_CASE,
    async run(environment) {
      const rates = environment.ratesOf(REFERENCE_CASE, includesDurableOnly);
      if (rates.length === 0) throw new Error(`${REFERENCE_CASE} gave no rate to go by`);
      rate ??= Math.min(...rates) * LOAD_SHARE;
      const targetRate = rate;
      const measurement = await measureLoad(environment, {
        counted: "open-loop-publisher",
        prepare: (admin) => admin.createStreams([{ name: STREAM, subjects: ["bench.*"] }]),
        roles: (port) => [
          {
            name: "open-loop-publisher",
            options: {
              port,
              payloadSize: PAYLOAD_SIZE,
              stream: { name: STREAM, subjects: SUBJECTS },
              rate: targetRate,
            },
          },
        ],
      });
      return { ...measurement, targetRate };
    },
  };
}

/** Latency of durable publishing on a fixed schedule. */
export const latencyCases: readonly BenchCase[] = [
  latencyCase(
    "latency.half",
    "durable publish latency at half of the slower server's rate, 128 B",
    false,
  ),
  latencyCase(
    "latency.low",
    "durable publish latency at half of the slowest server's rate, 128 B",
    true,
  ),
];

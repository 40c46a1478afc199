import type { BenchCase } from "./case.ts";
import { measureLoad } from "./measure-load.ts";

const WINDOW = 1000;
const PAYLOAD_SIZE = 128;

/** Subjects over all streams, so that a run on few streams does not have fewer subjects than one on many. */
const SUBJECTS_TOTAL = 1000;

function streamsCase(streamCount: number): BenchCase {
  const streams = Array.from({ length: streamCount }, (_, i) => ({
    name: `S${i}`,
    subjects: Array.from({ length: SUBJECTS_TOTAL / streamCount }, (_, k) => `many.${i}.${k}`),
  }));
  return {
    name: `streams.${streamCount}`,
    title: `durable publish to ${streamCount} stream${streamCount > 1 ? "s" : ""}, ${WINDOW} outstanding, 128 B`,
    group: "rate",
    isDurablePublish: false,
    countsSyncs: true,
    run: (environment) =>
      measureLoad(environment, {
        counted: "durable-publisher",
        prepare: (admin) =>
          admin.createStreams(
            streams.map((stream, i) => ({ name: stream.name, subjects: [`many.${i}.*`] })),
          ),
        roles: (port) => [
          {
            name: "durable-publisher",
            options: {
              port,
              payloadSize: PAYLOAD_SIZE,
              connectionCount: 1,
              window: WINDOW,
              streams,
              limit: 0,
            },
          },
        ],
        async verify(admin, reports) {
          const acked = reports.get("durable-publisher")?.total;
          let stored = 0;
          for (const stream of streams) stored += (await admin.streamState(stream.name)).messages;
          if (stored !== acked) throw new Error(`${stored} stored, ${acked} acknowledged`);
        },
      }),
  };
}

/** Publishing to many streams in turn on one connection. */
export const streamsCases: readonly BenchCase[] = [1, 100, 1000].map(streamsCase);

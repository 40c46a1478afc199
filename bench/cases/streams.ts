import type { BenchCase } from "./case.ts";
import { publishInTurn, WINDOW } from "./in-turn.ts";
import { measureLoad } from "./measure-load.ts";

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
        ...publishInTurn({ streams, payloadSize: PAYLOAD_SIZE, payloadKind: "noise" }),
        prepare: (admin) =>
          admin.createStreams(
            streams.map((stream, i) => ({ name: stream.name, subjects: [`many.${i}.*`] })),
          ),
      }),
  };
}

/** Publishing to many streams in turn on one connection. */
export const streamsCases: readonly BenchCase[] = [1, 100, 1000].map(streamsCase);

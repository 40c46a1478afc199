import {
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";

/** The stream of what is kept of producers and consumers. */
export const presenceStream = "OXBOW_PRESENCE";

const subjectStart = "$OXBOW.PRESENCE.";
const code = { streamNameInUse: 10058 } as const;

const dayNs = 24 * 60 * 60 * 1_000_000_000;
/** How long it is kept that somebody is gone. Those who are here are recorded again before theirs is so old. */
const keptDays = 7;
const bytesMax = 64 * 1024 * 1024;

/** Where the record of a presence is. */
export function recordSubject(id: string): string {
  return `${subjectStart}${id}`;
}

/** Which presence the record under a subject is of. */
export function idOfSubject(subject: string): string {
  return subject.slice(subjectStart.length);
}

/** Makes the stream, if there is none. */
export async function ensurePresenceStream(manager: JetStreamManager): Promise<void> {
  try {
    await manager.streams.add({
      name: presenceStream,
      description: "Producers and consumers that are there, or gone",
      subjects: [`${subjectStart}*`],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      // That one is gone is not lost when it comes back.
      max_msgs_per_subject: 2,
      max_age: keptDays * dayNs,
      max_bytes: bytesMax,
      allow_direct: true,
    });
  } catch (error) {
    // It is there, with settings of an earlier version or of somebody else.
    if (!(error instanceof JetStreamApiError) || error.code !== code.streamNameInUse) throw error;
  }
}

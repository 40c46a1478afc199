import type { JetStreamManager, StreamConfig } from "@nats-io/jetstream";
import { isMissing } from "oxbow/internal";

/** A stream that the platform keeps for itself, as it is made. */
export type OwnStream = Partial<StreamConfig> & {
  readonly name: string;
  readonly subjects: string[];
};

/** Makes a stream if it is missing. Of one that is there only the subjects are as they are here. */
export async function ensureStream(manager: JetStreamManager, config: OwnStream): Promise<void> {
  try {
    const { config: present } = await manager.streams.info(config.name);
    const isSame = JSON.stringify(present.subjects) === JSON.stringify(config.subjects);
    if (!isSame) await manager.streams.update(config.name, { subjects: config.subjects });
  } catch (error) {
    if (!isMissing(error)) throw error;
    await manager.streams.add(config);
  }
}

import type { Group } from "@oxbow/platform";
import type { Yard } from "../yard.ts";
import type { Observed } from "./operation.ts";

/** A station with its groups and messages, as users see it; beneath it all streams that say they are of it. */
export async function observeStation(yard: Yard, id: string): Promise<Observed> {
  const station = await yard.stations.find(id);
  const groups = station === undefined ? [] : await yard.groups.list(id);
  const beneath: string[] = [];
  for await (const { config } of yard.manager.streams.list()) {
    if (config.metadata?.["oxbow.station"] === id) beneath.push(config.name);
  }
  return {
    view: station && {
      settings: station.settings,
      partitions: station.partitions.map(({ number, messages, lastSequence }) => ({
        number,
        messages,
        lastSequence,
      })),
      groups: groups.map(groupView),
    },
    problems: [...(station?.problems ?? []), ...groups.flatMap(({ problems }) => problems)],
    beneath: { streams: beneath.sort(), attachment: (await yard.schemas.attachment(id)) ?? null },
  };
}

function groupView({ name, settings, pausedUntil, partitions }: Group): unknown {
  return {
    name,
    settings,
    pausedUntil,
    partitions: partitions.map(({ number, waiting, inFlight, deliveredSequence, ...rest }) => ({
      ...{ number, waiting, inFlight, deliveredSequence },
      acknowledgedSequence: rest.acknowledgedSequence,
    })),
  };
}

/** Streams of a station, by partition. */
export function partitionStreams(id: string, count: number): string[] {
  if (count === 1) return [id];
  return Array.from({ length: count }, (_, index) => `${id}$${index + 1}`);
}

/** So many messages in each partition, numbered from a number on. */
export async function fill(
  yard: Yard,
  streams: readonly string[],
  count: number,
  from = 1,
): Promise<void> {
  const { js } = yard;
  await Promise.all(
    streams.map(async (stream) => {
      for (let each = from; each < from + count; each++) await js.publish(stream, String(each));
    }),
  );
}

/** What waits for a group, of each partition in its order. Can be asked once: it is in flight then. */
export async function takeAll(yard: Yard, id: string, group: string): Promise<string[][]> {
  const { partitions } = await yard.groups.get(id, group);
  return Promise.all(
    partitions.map(async ({ stream, consumer: name, waiting }) => {
      const payloads: string[] = [];
      if (waiting === 0) return payloads;
      const consumer = await yard.js.consumers.get(stream, name);
      for await (const message of await consumer.fetch({ max_messages: waiting })) {
        payloads.push(message.string());
      }
      return payloads;
    }),
  );
}

import { JetStreamApiError, type JetStreamClient } from "@nats-io/jetstream";
import { headers } from "@nats-io/nats-core";
import { partitionOf } from "@oxbow/gate";
import type { Notice } from "oxbow/control";
import type { TraceContext } from "oxbow/internal";
import type { Stations } from "../../stations/stations.ts";
import { SendFailure } from "./send-failure.ts";

/** Marks a message that is a notification, so that its own fate is no reason for another one. */
export const notificationHeader = "Oxbow-Notification";

/**
 * Puts a notice into a station, as JSON, with the name of its rule as its key.
 *
 * @param trace - What it is part of.
 * @returns Where it is, in a line.
 * @throws SendFailure
 */
export async function sendToStation(
  name: string,
  notice: Notice,
  js: JetStreamClient,
  stations: Stations,
  trace?: TraceContext,
): Promise<string> {
  const station = await stations.find(name);
  if (station?.isManaged !== true) throw new SendFailure(`there is no station ${name}`, true);
  const key = notice.rule ?? notice.when;
  const bytes = Buffer.from(key);
  const count = station.partitions.length;
  const number = count === 1 ? 1 : partitionOf(bytes, 0, bytes.length, count);
  const partition = station.partitions.find((each) => each.number === number);
  if (partition === undefined) throw new SendFailure(`station ${name} is not whole`, false);
  const marks = headers();
  marks.set(notificationHeader, notice.id);
  for (const [name, value] of Object.entries(trace ?? {})) marks.set(name, value);
  try {
    const { seq } = await js.publish(`${partition.stream}.${key}`, JSON.stringify(notice), {
      headers: marks,
      msgID: `notification.${notice.id}`,
    });
    return `message ${seq} of ${partition.stream}`;
  } catch (error) {
    const { message } = error as Error;
    const isFinal = error instanceof JetStreamApiError && error.code >= 20_000;
    throw new SendFailure(`station ${name} does not take it: ${message}`, isFinal);
  }
}

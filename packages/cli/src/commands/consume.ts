import { once } from "node:events";
import { StationDecoders } from "@oxbow/platform/decoders";
import { Argument, type Command } from "commander";
import type { Consumption, GroupStart, Message } from "oxbow";
import { durationMs, wholeNumber } from "../arguments.ts";
import { payloadJson } from "../client/payload.ts";
import { note } from "../output/print.ts";
import { shownAsTheyAre } from "../platform/shown-as-they-are.ts";
import { withStations } from "../platform/station-client.ts";
import { type PlatformOptions, subcommand } from "../platform/subcommand.ts";
import { start } from "../platform/values.ts";

/** Acknowledgements that are waited for at a time. */
const acksOutMax = 256;
const prefetchMax = 256;

interface ConsumeCommandOptions extends PlatformOptions {
  readonly group: string;
  readonly from?: GroupStart;
  readonly count?: number;
  readonly idle?: number;
  readonly ack: boolean;
  readonly create: boolean;
  readonly raw?: boolean;
}

/** `oxbow consume`. */
export function createCommand(): Command {
  return subcommand("consume", "Print the messages of stations as a member of a group.", [
    "oxbow consume orders --group billing",
    "oxbow consume orders --group audit --from now --json | jq .data",
    "oxbow consume 'prod.*' --group archive --count 100",
    "oxbow consume orders 'payments-*' --group archive --json",
    "oxbow consume orders --group billing --idle 1s",
  ])
    .addArgument(new Argument("<stations...>", "names of stations, or patterns such as prod.*"))
    .requiredOption("--group <name>", "name of the group; it is made if there is none")
    .option(
      "--from <place>",
      "where a new group starts: beginning (default), now, last:100, sequence:5, last-per-key or a time",
      start,
    )
    .option("--count <number>", "end after this many messages", wholeNumber(1))
    .option("--idle <duration>", "end when none has come for so long", durationMs)
    .option("--no-ack", "leave them unacknowledged, to come again")
    .option("--raw", "messages of Avro and Protobuf as they are, and not as JSON")
    .option("--no-create", "fail if there is no such group")
    .action(runConsume);
}

async function runConsume(
  stations: readonly string[],
  options: ConsumeCommandOptions,
): Promise<void> {
  const { group, from, count } = options;
  await withStations(options, "oxbow consume", async (client) => {
    const consumption = client.consume(stations, {
      group,
      codec: "bytes",
      create: options.create && (from === undefined ? {} : { start: from }),
      prefetch: Math.min(prefetchMax, count ?? prefetchMax),
      // A pipe that takes its time is no reason to deliver messages to somebody else.
      keepWorking: true,
    });
    const stop = (): void => void consumption.stop();
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    await consumption.start();
    if (count === undefined && options.json !== true) {
      note(`consuming ${stations.join(", ")} as ${group}, until Ctrl-C`);
    }
    const { attachments, schemas } = client.admin;
    const decoders = new StationDecoders(
      {
        attachment: (station) => attachments.get(station),
        schema: (name) => schemas.get(name),
        text: (name, version) => schemas.text(name, { version }),
      },
      { onMissing: shownAsTheyAre },
    );
    await printAll(consumption, options, options.raw === true ? undefined : decoders);
  });
}

/** Printed first, then acknowledged: what could not be shown must come again. */
async function printAll(
  consumption: Consumption<Uint8Array>,
  { json, count = Number.POSITIVE_INFINITY, idle, ack }: ConsumeCommandOptions,
  decoders: StationDecoders | undefined,
): Promise<void> {
  const acks = new Set<Promise<void>>();
  const failed: unknown[] = [];
  const timer = idle === undefined ? undefined : new IdleTimer(idle, () => consumption.stop());
  let printed = 0;
  try {
    for await (const message of consumption) {
      timer?.restart();
      const data = (await decoders?.decode(message.station, message.data)) ?? message.data;
      const line = json === true ? jsonLine(message, data) : plainLine(data);
      const isTaken = process.stdout.write(line);
      if (!isTaken) await once(process.stdout, "drain");
      printed += 1;
      if (ack) {
        const acked = message.ackSync().catch((error: unknown) => void failed.push(error));
        const done = acked.finally(() => acks.delete(done));
        acks.add(done);
        if (acks.size >= acksOutMax) await Promise.race(acks);
      }
      if (printed >= count || failed.length > 0) break;
    }
  } finally {
    timer?.end();
    await Promise.all(acks);
  }
  if (failed.length > 0) throw failed[0];
}

/** Ends what waits for too long. */
class IdleTimer {
  readonly #timer: NodeJS.Timeout;

  constructor(timeMs: number, onIdle: () => Promise<void>) {
    this.#timer = setTimeout(() => void onIdle(), timeMs);
  }

  restart(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function plainLine(data: Uint8Array): Uint8Array {
  return Buffer.concat([data, Buffer.from("\n")]);
}

function jsonLine(message: Message<Uint8Array>, data: Uint8Array): string {
  const { station, partition, sequence, key, messageId, attempt, time, headers } = message;
  const more = Object.keys(headers).length === 0 ? {} : { headers };
  const document = {
    station,
    partition,
    sequence,
    time: time.toISOString(),
    attempt,
    key,
    messageId,
    ...more,
    ...payloadJson(data),
  };
  return `${JSON.stringify(document)}\n`;
}

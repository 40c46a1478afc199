import type { JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { nearestWord } from "@oxbow/server/units";
import { withConnection } from "../client/connect.ts";
import type { ClientOptions } from "../client/options.ts";
import { CommandFailure } from "../failures.ts";

/** JetStream's codes for what was named and is not there. */
const STREAM_NOT_FOUND = 10059;
const CONSUMER_NOT_FOUND = 10014;
const STREAM_NAME_IN_USE = 10058;

/** What the call is about, for messages. */
export interface JetStreamNames {
  readonly stream?: string;
  readonly consumer?: string;
}

/** Connects, checks that there is JetStream, and runs `use`; missing streams and consumers are explained. */
export function withJetStream<T>(
  options: ClientOptions,
  name: string,
  names: JetStreamNames,
  use: (manager: JetStreamManager, connection: NatsConnection) => Promise<T>,
): Promise<T> {
  return withConnection(options, name, async (connection) => {
    const { jetstreamManager } = await import("@nats-io/jetstream");
    const manager = await jetstreamManager(connection, { timeout: options.timeout ?? 5000 });
    try {
      return await use(manager, connection);
    } catch (error) {
      throw await explainMissing(error, manager, names);
    }
  });
}

async function explainMissing(
  error: unknown,
  manager: JetStreamManager,
  { stream, consumer }: JetStreamNames,
): Promise<unknown> {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === STREAM_NOT_FOUND && stream !== undefined) {
    const hint = await suggest(stream, streamNames(manager));
    const create = `create it with "oxbow stream create ${stream} --subjects SUBJECT"`;
    return new CommandFailure(`no stream ${stream}: ${hint ?? create}`, { cause: error });
  }
  if (code === STREAM_NAME_IN_USE && stream !== undefined) {
    const text = `there is a stream ${stream} with other settings: change it with "oxbow stream update ${stream}"`;
    return new CommandFailure(text, { cause: error });
  }
  if (code === CONSUMER_NOT_FOUND && stream !== undefined && consumer !== undefined) {
    const hint = await suggest(consumer, consumerNames(manager, stream));
    const create = `create it with "oxbow consumer create ${stream} ${consumer}"`;
    const text = `no consumer ${consumer} on ${stream}: ${hint ?? create}`;
    return new CommandFailure(text, { cause: error });
  }
  return error;
}

async function suggest(
  name: string,
  names: Promise<readonly string[]>,
): Promise<string | undefined> {
  const nearest = nearestWord(name, await names);
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}

async function streamNames(manager: JetStreamManager): Promise<readonly string[]> {
  return Array.fromAsync(manager.streams.names());
}

async function consumerNames(
  manager: JetStreamManager,
  stream: string,
): Promise<readonly string[]> {
  return Array.fromAsync(manager.consumers.list(stream), ({ name }) => name);
}

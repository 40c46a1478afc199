import { connect, type NatsConnection } from "@nats-io/transport-node";
import { explainClientFailure } from "../client/explain.ts";
import { officialOptions } from "../client/official-options.ts";
import type { ClientOptions } from "../client/options.ts";
import { serverTarget } from "../client/target.ts";
import { CommandFailure } from "../failures.ts";
import { note } from "../output/print.ts";
import { datasets } from "./datasets.ts";
import { OwnServer } from "./own-server.ts";
import type { DatasetResult } from "./report.ts";
import { type DemoConnections, type HalfwayHook, runDataset } from "./run-dataset.ts";

const MEMBER_COUNT = 3;
/** How long the server may be away before the demo gives up. */
const ABSENCE_MS_MAX = 60_000;
const RECONNECT_WAIT_MS = 200;

/** How the demo is to run. */
export interface DemoOptions extends ClientOptions {
  /** Data of the demo's own server, if it needs one. */
  readonly data: string;
  /** Kill that server in the middle of each data set. */
  readonly crash?: boolean;
  readonly json?: boolean;
}

/** What came of it, and on which server. */
export interface DemoOutcome {
  readonly server: string;
  readonly results: readonly DatasetResult[];
}

/**
 * Runs every data set through one server: the one that was named, else the one that answers at the default address,
 * else one of the demo's own.
 */
export async function runDemo(options: DemoOptions): Promise<DemoOutcome> {
  const isQuiet = options.json === true;
  const own = await ownServerIfNeeded(options, isQuiet);
  const clientOptions = own === undefined ? options : { ...options, server: own.url };
  const giveUp = new AbortController();
  const address = serverTarget(clientOptions).servers.join(", ");
  own?.failed.catch((error: unknown) => giveUp.abort(error));
  const connections: NatsConnection[] = [];
  try {
    for (let index = 0; index <= MEMBER_COUNT; index += 1) {
      connections.push(await connectPatiently(clientOptions, giveUp));
    }
    const results = await runAll(connections, isQuiet, giveUp.signal, crashHook(options, own));
    return { server: describeServer(connections[0], address), results };
  } catch (error) {
    throw explainClientFailure(error, address);
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
    await own?.stop();
  }
}

async function runAll(
  [publisher, ...members]: readonly NatsConnection[],
  isQuiet: boolean,
  signal: AbortSignal,
  onHalfway: HalfwayHook | undefined,
): Promise<DatasetResult[]> {
  if (publisher === undefined) throw new RangeError("the demo needs a connection to publish on");
  const connections: DemoConnections = { publisher, members };
  const results: DatasetResult[] = [];
  for (const dataset of datasets) {
    results.push(await runDataset(dataset, connections, isQuiet, signal, onHalfway));
  }
  return results;
}

function crashHook(options: DemoOptions, own: OwnServer | undefined): HalfwayHook | undefined {
  if (options.crash !== true || own === undefined) return undefined;
  return (show) => {
    show("killing the server with SIGKILL, and starting it again");
    own.crash();
  };
}

async function ownServerIfNeeded(
  options: DemoOptions,
  isQuiet: boolean,
): Promise<OwnServer | undefined> {
  if (options.server !== undefined) return undefined;
  if (options.crash !== true && (await isAnswering(options))) return undefined;
  const own = await OwnServer.start(options.data, () => {
    if (!isQuiet) note("the server is back");
  });
  if (!isQuiet) note(`started a server on ${own.url}, data in ${options.data}`);
  return own;
}

/** Whether anything listens at the default address; what is wrong with it otherwise is found out later. */
async function isAnswering(options: ClientOptions): Promise<boolean> {
  try {
    const target = serverTarget(options);
    const connection = await connect({
      ...officialOptions(target, "oxbow demo"),
      reconnect: false,
    });
    await connection.close();
    return true;
  } catch (error) {
    return !/no server at/.test(explainClientFailure(error, "").message);
  }
}

/** A connection that outlives restarts of the server, up to a minute without one. */
async function connectPatiently(
  options: ClientOptions,
  giveUp: AbortController,
): Promise<NatsConnection> {
  const connection = await connect({
    ...officialOptions(serverTarget(options), "oxbow demo"),
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: 0,
  });
  void watchAbsence(connection, giveUp);
  return connection;
}

async function watchAbsence(connection: NatsConnection, giveUp: AbortController): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  for await (const { type } of connection.status()) {
    if (type === "disconnect") {
      const address = connection.getServer();
      const error = new CommandFailure(
        `${address} did not come back within a minute: start it again`,
      );
      timer ??= setTimeout(() => giveUp.abort(error), ABSENCE_MS_MAX);
    } else if (type === "reconnect") {
      clearTimeout(timer);
      timer = undefined;
    }
  }
  clearTimeout(timer);
}

function describeServer(connection: NatsConnection | undefined, address: string): string {
  const version = connection?.info?.version;
  return version === undefined ? address : `${address} (version ${version})`;
}

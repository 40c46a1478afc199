import type { ClientConnection } from "../connection/client-connection.ts";
import { ClientSubscription } from "../connection/client-subscription.ts";
import type { Consumer } from "../jetstream/consumer/consumer.ts";
import type { JetStream } from "../jetstream/jetstream.ts";
import type { Stream } from "../jetstream/stream/stream.ts";
import type { Account } from "../routing/account.ts";
import type { ActivityLedger } from "./activity-ledger.ts";

/** A connection that does something with streams. Times in wall-clock milliseconds. */
export interface ActiveClient {
  readonly id: number;
  /** What the client calls itself, its library and the version of that; empty if it does not say. */
  readonly name: string;
  readonly library: string;
  readonly version: string;
  readonly address: string;
  readonly user: string;
  readonly connectedAtMs: number;
}

/** What a client has published to a stream since it connected. */
export interface ClientPublishes {
  readonly client: ActiveClient;
  readonly stream: string;
  /** Of the stream. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly messages: number;
  readonly bytes: number;
  /** 0 for never. */
  readonly lastAtMs: number;
}

/** What a client has got from a durable consumer since it connected, or asks of it. */
export interface ClientConsumes extends Omit<ClientPublishes, "bytes"> {
  readonly consumer: string;
  readonly consumerMetadata: Readonly<Record<string, string>>;
  /** `null` where messages are pushed, and nobody counts. */
  readonly bytes: number | null;
  /** Its requests for messages that wait. */
  readonly pulls: number;
}

/** Who does what with the streams of an account. */
export interface ClientActivity {
  readonly publishing: readonly ClientPublishes[];
  readonly consuming: readonly ClientConsumes[];
}

/** Where to look. */
export interface ActivityScene {
  readonly account: Account;
  readonly ledger: ActivityLedger;
  readonly jetstream: JetStream;
  readonly findClient: (id: number) => ClientConnection | undefined;
}

/** What is known of the clients that are connected; of others it forgets what there is. */
export function clientActivity(scene: ActivityScene): ClientActivity {
  const clients = new ClientCache(scene);
  countPulls(scene);
  const publishing = new Map<string, ClientPublishes>();
  const consuming: ClientConsumes[] = [];
  for (const entry of scene.ledger) {
    const { stream: streamName, consumer: consumerName, messages, bytes, lastAtMs, pulls } = entry;
    const client = clients.find(entry.clientId);
    const stream = scene.jetstream.streams.get(streamName);
    if (client === undefined || stream === undefined) {
      scene.ledger.forget(entry);
      continue;
    }
    const seen = { client, stream: stream.name, metadata: stream.config.metadata ?? {} };
    if (consumerName === undefined) {
      // A stream has a tally for each of its subjects.
      const key = `${client.id} ${streamName}`;
      const other = publishing.get(key);
      publishing.set(key, {
        ...seen,
        messages: messages + (other?.messages ?? 0),
        bytes: bytes + (other?.bytes ?? 0),
        lastAtMs: Math.max(lastAtMs, other?.lastAtMs ?? 0),
      });
      continue;
    }
    const consumer = stream.consumers.get(consumerName);
    if (consumer === undefined) scene.ledger.forget(entry);
    else if (isDurable(consumer)) {
      const consumerMetadata = consumer.config.metadata ?? {};
      const counts = { messages, bytes, lastAtMs, pulls };
      consuming.push({ ...seen, consumer: consumerName, consumerMetadata, ...counts });
    }
  }
  for (const stream of scene.jetstream.streams.values()) {
    for (const consumer of stream.consumers.values()) {
      if (isDurable(consumer))
        consuming.push(...pushedTo(scene.account, stream, consumer, clients));
    }
  }
  return { publishing: [...publishing.values()], consuming };
}

/** Clients by number, each described once. */
class ClientCache {
  readonly #scene: ActivityScene;
  readonly #known: Map<number, ActiveClient | undefined> = new Map();

  constructor(scene: ActivityScene) {
    this.#scene = scene;
  }

  find(id: number): ActiveClient | undefined {
    if (!this.#known.has(id)) this.#known.set(id, this.#describe(id));
    return this.#known.get(id);
  }

  #describe(id: number): ActiveClient | undefined {
    const { findClient, account } = this.#scene;
    const connection = findClient(id);
    if (connection === undefined || connection.isClosed) return undefined;
    if (connection.accountName !== account.name) return undefined;
    if (connection.identity?.isPartOfProgram === true) return undefined;
    const { name, lang, version, address, user, startedAtMs } = connection.facts();
    return { id, name, library: lang, version, address, user, connectedAtMs: startedAtMs };
  }
}

function countPulls({ ledger, jetstream }: ActivityScene): void {
  const consumers = new Set<Consumer>();
  for (const entry of ledger) {
    if (entry.consumer === undefined) continue;
    entry.pulls = 0;
    const consumer = jetstream.streams.get(entry.stream)?.consumers.get(entry.consumer);
    if (consumer !== undefined) consumers.add(consumer);
  }
  for (const consumer of consumers) consumer.countPulls();
}

function isDurable({ config }: Consumer): boolean {
  return config.durable_name !== "";
}

/** Those to whom messages are pushed: they subscribe to where they go. */
function pushedTo(
  account: Account,
  stream: Stream,
  { name, config }: Consumer,
  clients: ClientCache,
): ClientConsumes[] {
  if (config.deliver_subject === "") return [];
  const subject = Buffer.from(config.deliver_subject);
  const { plain, queues } = account.match(subject, 0, subject.length);
  const wanted =
    config.deliver_group === ""
      ? plain
      : queues.flat().filter(({ queue }) => queue === config.deliver_group);
  return wanted.flatMap((subscription) => {
    if (!(subscription instanceof ClientSubscription)) return [];
    const client = clients.find(subscription.subscriber.id);
    if (client === undefined) return [];
    return [
      {
        ...{ client, stream: stream.name, metadata: stream.config.metadata ?? {} },
        consumer: name,
        consumerMetadata: config.metadata ?? {},
        messages: subscription.deliveredCount,
        ...{ bytes: null, lastAtMs: 0, pulls: 0 },
      },
    ];
  });
}

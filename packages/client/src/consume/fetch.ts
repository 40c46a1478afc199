import { createInbox, type Msg, nanos } from "@nats-io/nats-core";
import { permissionDenied } from "../connection/forbidden.ts";
import { clientError } from "../errors.ts";
import type { GroupRequest } from "../groups/group-settings.ts";
import { count as countMessage } from "../presence/herald.ts";
import { checkedShownName } from "../presence/shown-name.ts";
import { beginProcessing, receivedInSpan } from "../tracing/consume-spans.ts";
import type { ValueType } from "../values/value-type.ts";
import type { ConsumerServices } from "./consumption.ts";
import { Message } from "./message.ts";

/** How a number of messages is fetched. */
export interface FetchOptions {
  readonly group: string;
  /** As of `consume`. */
  readonly create?: GroupRequest | false;
  readonly name?: string;
  /** How long they may take, in milliseconds: then it is those that have come. 0 for those that are there. Default 5,000. */
  readonly timeoutMs?: number;
}

const countMaxPerFetch = 65_536;
/** What an answer may take longer than the server was told. */
const slackMs = 5_000;

/** Fetches up to so many messages of a group, of whichever partitions have some. */
export async function fetchMessages(
  services: ConsumerServices,
  type: ValueType,
  station: string,
  count: number,
  options: FetchOptions,
): Promise<Message<unknown>[]> {
  const { tracing, passesOn } = services;
  const fetch = () => fetched(services, type, station, count, options);
  if (tracing === undefined) return fetch();
  if (passesOn) return receivedInSpan(tracing, station, options.group, fetch);
  const messages = await fetch();
  for (const message of messages) beginProcessing(tracing, message);
  return messages;
}

async function fetched(
  services: ConsumerServices,
  type: ValueType,
  station: string,
  count: number,
  { group, create = {}, name, timeoutMs = 5_000 }: FetchOptions,
): Promise<Message<unknown>[]> {
  if (!Number.isInteger(count) || count < 1 || count > countMaxPerFetch) {
    throw clientError("OPTIONS_INVALID", `fetch: ${count} messages: give 1 to ${countMaxPerFetch}`);
  }
  const { route, members } = await services.groups.find(station, group, create);
  if (members.some(({ ordered }) => ordered !== undefined)) {
    const text = `group ${group} of station ${route.station} is ordered by key, which takes a member that stays: consume it instead of fetching`;
    throw clientError("OPTIONS_INVALID", text);
  }
  const { isManaged, isUntilAcknowledged } = route;
  const place = { kind: "consumer", station: route.station, group } as const;
  const tally = services.herald.visit(place, name && checkedShownName(name));
  const messages: Message<unknown>[] = [];
  const decode = (data: Uint8Array) =>
    type.decode(data) as Exclude<ReturnType<ValueType["decode"]>, Promise<unknown>>;
  const take = (index: number) => (raw: Msg) => {
    const { partition, stream } = members[index] as (typeof members)[number];
    const source = {
      station: route.station,
      partition,
      stream,
      isManaged,
      isUntilAcknowledged,
      group,
    };
    const message = new Message<unknown>(services, raw, source, decode);
    if (messages.length < count) {
      countMessage(tally, raw.data.length);
      messages.push(message);
    } else message.nak();
  };
  const start = members.length === 1 ? 0 : Math.floor(Math.random() * members.length);
  for (let turn = 0; turn < members.length && messages.length < count; turn++) {
    const index = (start + turn) % members.length;
    const { stream, consumer } = members[index] as (typeof members)[number];
    const batch = count - messages.length;
    await pullOnce(services, stream, consumer, { batch, no_wait: true }, slackMs, take(index)).done;
  }
  const missing = count - messages.length;
  if (missing > 0 && timeoutMs > 0) {
    const batch = Math.ceil(missing / members.length);
    const request = { batch, expires: nanos(timeoutMs) };
    const pulls = members.map(({ stream, consumer }, index) =>
      pullOnce(services, stream, consumer, request, timeoutMs + slackMs, (raw) => {
        take(index)(raw);
        if (messages.length >= count) for (const pull of pulls) pull.stop();
      }),
    );
    await Promise.all(pulls.map(({ done }) => done));
  }
  for (const message of messages) {
    if (type.isChecked) message.decoded = await type.decode(message.data);
  }
  return messages;
}

/** One request for messages; it is over when all have come, or the server says that no more will. */
function pullOnce(
  { link }: ConsumerServices,
  stream: string,
  consumer: string,
  request: { readonly batch: number; readonly [option: string]: unknown },
  timeoutMs: number,
  onMessage: (raw: Msg) => void,
): { readonly done: Promise<void>; stop(): void } {
  link.assertOpen();
  const inbox = createInbox(link.inboxPrefix);
  let left = request.batch;
  let finish = (_error?: Error): void => undefined;
  const subscription = link.nc.subscribe(inbox, {
    callback: (error, raw) => {
      if (error !== null) finish(error);
      else if (raw.reply === "" || raw.reply === undefined) finish();
      else {
        onMessage(raw);
        if (--left === 0) finish();
      }
    },
  });
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`;
  const done = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => finish(), timeoutMs);
    const leave = link.use({
      onDown: () => finish(),
      onClosed: (error) => finish(error),
      onForbidden: (refused, error) => {
        if (refused === subject) finish(permissionDenied(error));
      },
    });
    finish = (error) => {
      finish = () => undefined;
      clearTimeout(timer);
      leave();
      const drained = link.isUp ? subscription.drain().catch(() => undefined) : Promise.resolve();
      void drained.then(() => (error === undefined ? resolve() : reject(error)));
    };
  });
  link.nc.publish(subject, JSON.stringify(request), { reply: inbox });
  return { done, stop: () => finish() };
}

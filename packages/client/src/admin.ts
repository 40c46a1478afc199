import type { NatsConnection } from "@nats-io/nats-core";
import { ControlClient, type ItemOf, type ListName } from "./control/control-client.ts";
import {
  type NamesOf,
  type OperationName,
  type Operations,
  operationNames,
  operations,
  type RequestOf,
  type ResponseOf,
} from "./control/operations.ts";
import type { PageRequest } from "./control/types/common.ts";
import type { Tracing } from "./tracing/tracing.ts";

/** What operations are about, which is the first part of their names. */
type Noun = OperationName extends `${infer First}.${string}` ? First : never;
/** There is one platform and many of everything else. */
type Room<Each extends Noun> = Each extends "platform" ? Each : `${Each}s`;

/** A name for each that is in the subject of the operation, in its order. */
type NameArguments<Names extends readonly unknown[]> = { [Index in keyof Names]: string };

/** What is asked, which can be left out where nothing has to be said. */
type RequestArguments<Request> =
  Readonly<Record<never, never>> extends Request ? [request?: Request] : [request: Request];

/** A list gives all of its items, page by page; anything else asks once. */
type Call<Name extends OperationName> = Name extends ListName
  ? (
      ...args: [
        ...NameArguments<Operations[Name]["names"]>,
        ...RequestArguments<Omit<RequestOf<Name>, keyof PageRequest>>,
      ]
    ) => AsyncGenerator<ItemOf<Name>, void, undefined>
  : (
      ...args: [...NameArguments<Operations[Name]["names"]>, ...RequestArguments<RequestOf<Name>>]
    ) => Promise<ResponseOf<Name>>;

/**
 * The control API of the platform, one function for each operation of the contract, such as
 * `admin.stations.create("orders", { partitions: 3 })` and `admin.groups.get("orders", "billing")`. Lists are async iterators over all
 * items. Where no platform answers they fail with `API_UNAVAILABLE`.
 */
export type Admin = {
  readonly [Each in Noun as Room<Each>]: {
    readonly [Name in OperationName as Name extends `${Each}.${infer Verb}`
      ? Verb
      : never]: Call<Name>;
  };
};

/** @param connection - Stays the caller's. */
export function adminOf(connection: NatsConnection, tracing?: Tracing): Admin {
  const client = new ControlClient(connection, { tracing });
  const rooms: Record<string, Record<string, unknown>> = {};
  for (const operation of operationNames) {
    const [noun = "", verb = ""] = operation.split(".");
    const name = noun === "platform" ? noun : `${noun}s`;
    rooms[name] ??= {};
    const isList = operations[operation].response.startsWith("Page<");
    rooms[name][verb] = isList ? lister(client, operation) : caller(client, operation);
  }
  return rooms as unknown as Admin;
}

function lister(client: ControlClient, operation: OperationName): unknown {
  const kinds: readonly string[] = operations[operation].names;
  return (...args: unknown[]) => {
    const filter = (args[kinds.length] ?? {}) as Omit<RequestOf<ListName>, keyof PageRequest>;
    return client.list(operation as ListName, filter, namesIn(kinds, args) as NamesOf<ListName>);
  };
}

function caller<Name extends OperationName>(client: ControlClient, operation: Name): unknown {
  const kinds: readonly string[] = operations[operation].names;
  return (...args: unknown[]) => {
    const request = (args[kinds.length] ?? {}) as RequestOf<Name>;
    return client.call(operation, namesIn(kinds, args) as NamesOf<Name>, request);
  };
}

function namesIn(kinds: readonly string[], args: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(kinds.map((kind, index) => [kind, args[index] ?? ""]));
}

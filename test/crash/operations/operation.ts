import type { NatsConnection } from "@nats-io/nats-core";
import type { ControlClient, OperationName } from "oxbow/control";
import type { Yard, YardPlace } from "../yard.ts";

/** What there is of the thing that an operation is done to. */
export interface Observed {
  /** As users see it. Nothing of it may depend on when it was looked at. */
  readonly view: unknown;
  /** In which words the platform says that something is half done. */
  readonly problems: readonly string[];
  /** What users don't see and must be gone, or there, in the end. */
  readonly beneath?: unknown;
}

/** A request to the platform. */
export interface ControlRequest {
  readonly operation: OperationName;
  readonly names: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Connections as the platform has them. */
export interface PlatformConnections {
  readonly connection: NatsConnection;
  /** To the account of the tenants that a run makes. */
  readonly tenant: () => Promise<NatsConnection>;
}

/**
 * An operation whose process is killed between any two of its writes. Every kill is about a thing of its own, whose name
 * is given as `id`.
 */
export interface CrashOperation {
  readonly name: string;
  /** Makes what the operation is done to. */
  prepare(yard: Yard, id: string): Promise<void>;
  request(id: string): ControlRequest;
  /** Where a client asks for many things, one after the other: it is killed between two of them, and not the platform. */
  readonly client?: ClientWork;
  observe(yard: Yard, id: string): Promise<Observed>;
  /** What others do after the kill, before the request is repeated. */
  meanwhile?(yard: Yard, id: string): Promise<void>;
  /** What who got no answer does instead of repeating the request; done also where there was no kill. */
  retry?(yard: Yard, id: string): Promise<void>;
  /** What can only be found out once, at the end: such as which messages a group gets. */
  finish?(yard: Yard, id: string): Promise<unknown>;
  /** Code of the platform's answer to the repeated request that is right if the first one did all. */
  readonly refusals?: readonly string[];
  /** Fields of the answer that are others each time are no matter. */
  clear(yard: Yard, id: string): Promise<void>;
  /** An implementation with a bug that only a crash shows. Run in the place of the platform, it has to be found out. */
  readonly plant: Plant;
}

/** What a client does with the platform. */
export type ClientWork = (control: ControlClient, id: string, place: YardPlace) => Promise<unknown>;

export interface Plant {
  /** What is wrong with it. */
  readonly bug: string;
  /** Whether it makes records of changes, as the platform does. */
  readonly isRecorded?: boolean;
  run(connections: PlatformConnections, id: string): Promise<void>;
  /** In the place of what a client does. */
  readonly client?: ClientWork;
}

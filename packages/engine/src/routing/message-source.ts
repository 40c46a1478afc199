import type { Identity } from "../auth/identity.ts";
import type { ClientInfo } from "./client-info.ts";

/** The connection a message came in by, as far as those who handle messages need to know it. */
export interface MessageSource {
  /** Number of the connection, from 1, unique while the engine runs. */
  readonly id: number;
  /** Who it belongs to; empty if nobody had to say. */
  readonly user: string;
  /** Who that is; `undefined` until it is known. */
  readonly identity: Identity | undefined;
  /** Name of its account. */
  readonly accountName: string;
  /** Whether it takes the headers of messages. */
  readonly takesHeaders: boolean;
  /** Whether it is a part of this process: it came in by no port. */
  readonly isInProcess: boolean;
  /** Round-trip time of its client, as far as it is known; 0 until then. */
  readonly rttMs: number;
  /**
   * What is told about it to others.
   *
   * @param isDetailed - Everything; else only its account and round-trip time.
   */
  clientInfo(isDetailed: boolean): ClientInfo;
  /** Slows it down: stops reading from it for a moment, because somebody it publishes to cannot keep up. */
  stall(): void;
  /**
   * Stops reading from it until each reason given was taken back: what it has sent and the engine has not read stays
   * in the network, and the client is slowed down. The chunk being read is still read to its end.
   */
  pauseReading(reason: string): void;
  /** Takes a reason of {@link pauseReading} back. */
  resumeReading(reason: string): void;
}

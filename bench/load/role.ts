import type { RoleReport } from "./protocol.ts";

/** One job of a load process, connected and ready when created. */
export interface Role {
  start(): void;
  /** Messages completed and verified so far. */
  count(): number;
  /** A measured interval begins or ends now. */
  onMark?(): void;
  /** Stops sending, waits for what is outstanding, verifies it and disconnects. */
  finish(): Promise<RoleReport>;
}

/** What a role may tell the benchmark by itself. */
export interface RoleContext {
  /** Ends the run as failed: a wrong or missing answer makes every number worthless. */
  fail(error: Error): void;
  /** There is nothing left to do. */
  exhausted(): void;
}

/** Every role module exports `createRole` of this type. */
export type RoleFactory<Options> = (options: Options, context: RoleContext) => Promise<Role>;

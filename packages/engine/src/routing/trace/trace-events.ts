/** What became of a message, in the order it happened (nats-server's `MsgTraceEvents`). Fields in its order. */
export type TraceEvent =
  | IngressEvent
  | { readonly type: "sm"; readonly ts: string; readonly to: string }
  | { readonly type: "se"; readonly ts: string; readonly acc: string; readonly to: string }
  | {
      readonly type: "si";
      readonly ts: string;
      readonly acc: string;
      readonly from: string;
      readonly to: string;
    }
  | StreamEvent
  | EgressEvent;

/** It came in. */
export interface IngressEvent {
  readonly type: "in";
  readonly ts: string;
  readonly kind: number;
  readonly cid: number;
  readonly name?: string;
  readonly acc: string;
  readonly subj: string;
  error?: string;
}

/** A stream has taken it, or would have, or not. */
export interface StreamEvent {
  readonly type: "js";
  ts: string;
  readonly stream: string;
  subject?: string;
  nointerest?: boolean;
  error?: string;
}

/** A client gets it, or does not. */
export interface EgressEvent {
  readonly type: "eg";
  readonly ts: string;
  readonly kind: number;
  readonly cid: number;
  readonly name?: string;
  readonly acc?: string;
  readonly sub?: string;
  readonly queue?: string;
  readonly error?: string;
}

/** The kind of a connection that is a client. */
export const clientKind = 0;

/** Why a client did not get a message. */
export const egressProblems = {
  echo: "Not delivered because of no echo",
  denied: "Not delivered because subscription denies this subject",
  closed: "Not delivered because subscription is closed",
} as const;

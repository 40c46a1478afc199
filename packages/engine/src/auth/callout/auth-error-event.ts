import type { Applicant } from "../identity.ts";
import { shownUser } from "../verdicts.ts";

/** Where an account hears that somebody was refused. */
export const authErrorSubject = "$SYS.ACCOUNT.CLIENT.AUTH.ERR";

const eventType = "io.nats.server.advisory.v1.client_disconnect";
const nothing = { msgs: 0, bytes: 0 };

/** What such an event is made of. */
export interface AuthError {
  readonly id: string;
  readonly nowMs: number;
  readonly server: Readonly<Record<string, unknown>>;
  /** Name of the account that is told. */
  readonly account: string;
  /** What people call the account that the client would be in without a callout. */
  readonly clientAccount: string;
  readonly applicant: Applicant;
  readonly reason: string;
}

/** The event that somebody was refused, in the form of a client that has gone. */
export function encodeAuthError(error: AuthError): Buffer {
  const { applicant } = error;
  const isLeaf = applicant.door === "LEAFNODE" || applicant.door === "LEAFNODE_WS";
  const now = new Date(error.nowMs).toISOString();
  const event = {
    type: eventType,
    id: error.id,
    timestamp: now,
    server: error.server,
    client: {
      start: now,
      host: applicant.address,
      id: applicant.clientId,
      acc: error.account,
      ...filled("user", shownUser(applicant.credentials)),
      ...filled("name", applicant.name),
      ...filled("lang", applicant.lang),
      ...filled("ver", applicant.version),
      stop: now,
      ...filled("jwt", applicant.credentials.jwt),
      name_tag: error.clientAccount,
      kind: isLeaf ? "Leafnode" : "Client",
      ...(!isLeaf && { client_type: applicant.door === "WEBSOCKET" ? "websocket" : "nats" }),
    },
    sent: nothing,
    received: nothing,
    reason: error.reason,
  };
  return Buffer.from(JSON.stringify(event));
}

function filled(name: string, value: string): Readonly<Record<string, string>> {
  return value === "" ? {} : { [name]: value };
}

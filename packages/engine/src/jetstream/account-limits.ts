import type { JetStreamOptions } from "../engine-options.ts";
import type { AccountJetStreamLimits, AccountOptions } from "../options/accounts.ts";
import { subjectIsSubset } from "../subjects/subject.ts";
import { type JetStreamLimits, unlimited } from "./config/limits.ts";

/** Where an account asks what it has of JetStream. */
const ACCOUNT_INFO = "$JS.API.INFO";

/** The tier of streams with one replica, which are all there are on one node. */
const TIER = "R1";

const unlimitedAccount: AccountJetStreamLimits = {
  memoryBytesMax: -1,
  storageBytesMax: -1,
  streamsMax: -1,
  consumersMax: -1,
  ackPendingMax: -1,
  memoryStreamBytesMax: -1,
  storageStreamBytesMax: -1,
  requiresMaxBytes: false,
};

/** Of an account that has tiers, and none for streams of one replica. */
export const nothingAllowed: AccountJetStreamLimits = {
  ...unlimitedAccount,
  memoryBytesMax: 0,
  storageBytesMax: 0,
};

/** What an account may use of JetStream, in the account's own words. */
export interface AccountJetStream {
  /** Of the account, or of its tier; `undefined` where it has tiers, but none for streams of one replica (10120). */
  readonly limits: AccountJetStreamLimits | undefined;
  /** The name of the tier, if it has tiers. */
  readonly tier: string | undefined;
}

/**
 * What an account's options say of JetStream; `undefined` if it has none.
 *
 * @param isDefault - Whether an account that says nothing has it.
 */
export function accountJetStreamOf(
  { jetstream, jetstreamTiers }: Pick<AccountOptions, "jetstream" | "jetstreamTiers">,
  isDefault: boolean,
): AccountJetStream | undefined {
  if (jetstreamTiers !== undefined) return { limits: jetstreamTiers[TIER], tier: TIER };
  const wanted = jetstream ?? isDefault;
  if (wanted === false) return undefined;
  return {
    limits: wanted === true ? unlimitedAccount : { ...unlimitedAccount, ...wanted },
    tier: undefined,
  };
}

/**
 * Whether an account takes its JetStream from another one: as for nats-server, if it imports what tells about the
 * account. Its requests are for that one then, and nobody else answers them.
 */
export function importsJetStream({ imports = [] }: Pick<AccountOptions, "imports">): boolean {
  return imports.some(
    ({ kind, subject, to = subject }) => kind === "service" && subjectIsSubset(ACCOUNT_INFO, to),
  );
}

/** Bytes that streams of other accounts have reserved of what the server has. */
export interface ReservedElsewhere {
  readonly memory: number;
  readonly storage: number;
}

/** What requests of an account are held against: the lower of its own limits and what the server has left. */
export function effectiveLimits(
  account: AccountJetStreamLimits,
  server: JetStreamOptions,
  elsewhere: ReservedElsewhere,
): JetStreamLimits {
  return {
    ...unlimited,
    streamsMax: account.streamsMax,
    consumersMax: account.consumersMax,
    ackPendingMax: lower(account.ackPendingMax, server.ackPendingMax),
    serverAckPendingMax: server.ackPendingMax,
    requestBatchMax: server.requestBatchMax,
    memoryBytesMax: lower(account.memoryBytesMax, left(server.memoryBytesMax, elsewhere.memory)),
    storageBytesMax: lower(
      account.storageBytesMax,
      left(server.storageBytesMax, elsewhere.storage),
    ),
    memoryStreamBytesMax: account.memoryStreamBytesMax,
    storageStreamBytesMax: account.storageStreamBytesMax,
    requiresMaxBytes: account.requiresMaxBytes,
    duplicateWindowMax: BigInt(Math.floor(server.duplicateWindowMsMax * 1e6)),
  };
}

/** The lower of two limits of which -1 is none. */
function lower(a: number, b: number): number {
  if (a < 0) return b;
  return b < 0 ? a : Math.min(a, b);
}

function left(max: number, reserved: number): number {
  return max < 0 ? max : Math.max(0, max - reserved);
}

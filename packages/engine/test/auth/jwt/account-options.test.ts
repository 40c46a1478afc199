import assert from "node:assert/strict";
import { test } from "node:test";
import { createAccount, createOperator } from "@nats-io/nkeys";
import {
  type AccountClaims,
  accountClaims,
  isRevoked,
} from "../../../src/auth/jwt/account-claims.ts";
import { accountOptionsFrom } from "../../../src/auth/jwt/account-options.ts";
import { decodeJwt } from "../../../src/auth/jwt/decode.ts";
import { makeToken } from "./tokens.ts";

const operator = createOperator();
const accountKey = createAccount().getPublicKey();

function claimsOf(nats: Readonly<Record<string, unknown>>): AccountClaims {
  const body = { ...nats, type: "account", version: 2 };
  const decoded = decodeJwt(
    makeToken({ sub: accountKey, name: "A", nats: body }, operator),
    accountClaims,
  );
  assert.ok(decoded.ok, decoded.ok ? "" : decoded.problem);
  return decoded.claims;
}

test("an account without limits of its own may do nothing", () => {
  assert.deepEqual(accountOptionsFrom(claimsOf({})), {
    name: accountKey,
    nameTag: "A",
    tags: [],
    defaultPermissions: undefined,
    limits: { connectionsMax: 0, subscriptionsMax: 0, payloadMax: 0, leafnodesMax: 0 },
    jetstream: false,
    jetstreamTiers: undefined,
    exports: [],
    imports: [],
    mappings: [],
    trace: undefined,
  });
});

test("limits of an account become limits", () => {
  const limits = {
    conn: 3,
    subs: -1,
    payload: 100,
    leaf: 0,
    mem_storage: 1,
    streams: 2,
    consumer: -1,
  };
  const options = accountOptionsFrom(claimsOf({ limits: { ...limits, max_ack_pending: 0 } }));
  assert.deepEqual(options.limits, {
    connectionsMax: 3,
    subscriptionsMax: -1,
    payloadMax: 100,
    leafnodesMax: 0,
  });
  assert.deepEqual(options.jetstream, {
    memoryBytesMax: 1,
    storageBytesMax: 0,
    streamsMax: 2,
    consumersMax: -1,
    ackPendingMax: -1,
    memoryStreamBytesMax: -1,
    storageStreamBytesMax: -1,
    requiresMaxBytes: false,
  });
});

test("tiers take the place of limits without tiers", () => {
  const tiered_limits = { R1: { disk_storage: 5, mem_storage: -1 }, R3: {} };
  const options = accountOptionsFrom(claimsOf({ limits: { mem_storage: 7, tiered_limits } }));
  assert.equal(options.jetstream, true);
  assert.deepEqual(Object.keys(options.jetstreamTiers ?? {}), ["R1", "R3"]);
  assert.equal(options.jetstreamTiers?.["R1"]?.storageBytesMax, 5);
  const empty = accountOptionsFrom(
    claimsOf({ limits: { mem_storage: 7, tiered_limits: { R1: {} } } }),
  );
  assert.equal(empty.jetstream, false);
  assert.equal(empty.jetstreamTiers, undefined);
});

test("exports keep their response type, latency and revocations", () => {
  const options = accountOptionsFrom(
    claimsOf({
      exports: [
        { subject: "s.*", type: "stream", account_token_position: 2, revocations: { "*": 5 } },
        {
          subject: "q",
          type: "service",
          token_req: true,
          response_type: "Chunked",
          response_threshold: 5_000_000_000,
          service_latency: { sampling: "headers", results: "lat" },
          allow_trace: true,
        },
      ],
    }),
  );
  assert.deepEqual(options.exports, [
    {
      kind: "stream",
      subject: "s.*",
      isTokenRequired: false,
      revocations: { "*": 5 },
      accountTokenPosition: 2,
    },
    {
      kind: "service",
      subject: "q",
      isTokenRequired: true,
      revocations: {},
      accountTokenPosition: 0,
      responseType: "chunked",
      responseThresholdMs: 5_000,
      latency: { samplingPercent: "headers", subject: "lat" },
      allowTrace: true,
    },
  ]);
});

test("imports say what is where, in the old form and in the new one", () => {
  const from = createAccount().getPublicKey();
  const options = accountOptionsFrom(
    claimsOf({
      imports: [
        { subject: "a.*", local_subject: "b.$1", type: "stream", account: from, allow_trace: true },
        { subject: "a.>", to: "prefix", type: "stream", account: from },
        { subject: "q", local_subject: "my.q", type: "service", account: from, share: true },
        { subject: "my.q", to: "q", type: "service", account: from, token: "t" },
        { subject: "same", type: "service", account: from },
      ],
    }),
  );
  const found = options.imports?.map(({ kind, subject, to, prefix }) => [
    kind,
    subject,
    to,
    prefix,
  ]);
  assert.deepEqual(found, [
    ["stream", "a.*", "b.$1", undefined],
    ["stream", "a.>", undefined, "prefix"],
    ["service", "q", "my.q", undefined],
    ["service", "q", "my.q", undefined],
    ["service", "same", "same", undefined],
  ]);
  assert.equal(options.imports?.[0]?.allowTrace, true);
  assert.equal(options.imports?.[2]?.isShared, true);
  assert.equal(options.imports?.[3]?.token, "t");
});

test("mappings, traces and default permissions are taken over", () => {
  const options = accountOptionsFrom(
    claimsOf({
      mappings: {
        a: [
          { subject: "b", weight: 30 },
          { subject: "c", weight: 0, cluster: "x" },
        ],
      },
      trace: { dest: "trace.here", sampling: 0 },
      default_permissions: { pub: { deny: ["x"] }, sub: { allow: [] }, resp: { max: 0, ttl: -1 } },
    }),
  );
  assert.deepEqual(options.mappings, [
    {
      source: "a",
      destinations: [
        { subject: "b", weightPercent: 30, cluster: undefined },
        { subject: "c", weightPercent: 100, cluster: "x" },
      ],
    },
  ]);
  assert.deepEqual(options.trace, { destination: "trace.here", samplingPercent: 100 });
  assert.deepEqual(options.defaultPermissions, {
    publish: { allow: undefined, deny: ["x"] },
    subscribe: undefined,
    responses: { countMax: 1, expiresMs: -1 },
  });
  assert.equal(accountOptionsFrom(claimsOf({ trace: { dest: "a.*" } })).trace, undefined);
});

test("a revocation reaches what was issued until then", () => {
  const revocations = new Map([
    ["U1", 10],
    ["*", 5],
  ]);
  assert.ok(isRevoked(revocations, "U1", 10));
  assert.equal(isRevoked(revocations, "U1", 11), false);
  assert.ok(isRevoked(revocations, "U2", 5));
  assert.equal(isRevoked(revocations, "U2", 6), false);
  assert.equal(isRevoked(new Map(), "U1", 0), false);
});

import { listOf, nullable } from "../../json/collection-shapes.ts";
import { duration, flag, integer, text } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { always, type Field, type Fields, optional, struct } from "../../json/struct-shape.ts";
import {
  type ClaimsData,
  claimsDataFields,
  type GenericFields,
  genericFields,
  type NatsLimitsClaims,
  natsLimitsFields,
  type PermissionsClaims,
  permissionsFields,
} from "./claims.ts";
import type { ClaimsType } from "./decode.ts";
import { type ExportKind, exportKind, mapOf, samplingRate } from "./shapes.ts";
import { type SigningKeys, signingKeys } from "./signing-keys.ts";

/** Public key, or `*`, to seconds since 1970: what was issued until then does not hold any more. */
export type Revocations = ReadonlyMap<string, number>;

/** A subject of another account. */
export interface ImportClaims {
  readonly name: string;
  readonly subject: string;
  readonly account: string;
  readonly token: string;
  readonly to: string;
  readonly local_subject: string;
  readonly type: ExportKind;
  readonly share: boolean;
  readonly allow_trace: boolean;
}

/** A subject that others may import. `response_threshold` is in nanoseconds. */
export interface ExportClaims {
  readonly name: string;
  readonly subject: string;
  readonly type: ExportKind;
  readonly token_req: boolean;
  readonly revocations: Revocations;
  readonly response_type: string;
  readonly response_threshold: bigint;
  readonly service_latency: { readonly sampling: number; readonly results: string } | null;
  readonly account_token_position: number;
  readonly advertise: boolean;
  readonly allow_trace: boolean;
  readonly description: string;
  readonly info_url: string;
}

/** What an account may use of JetStream; -1 is no limit, and 0 of `mem_storage` and `disk_storage` nothing at all. */
export interface JetStreamLimitsClaims {
  readonly mem_storage: number;
  readonly disk_storage: number;
  readonly streams: number;
  readonly consumer: number;
  readonly max_ack_pending: number;
  readonly mem_max_stream_bytes: number;
  readonly disk_max_stream_bytes: number;
  readonly max_bytes_required: boolean;
}

/** What an operator lets an account have. -1 is no limit. */
export interface OperatorLimitsClaims extends NatsLimitsClaims, JetStreamLimitsClaims {
  readonly imports: number;
  readonly exports: number;
  readonly wildcards: boolean;
  readonly disallow_bearer: boolean;
  readonly conn: number;
  readonly leaf: number;
  readonly tiered_limits: ReadonlyMap<string, JetStreamLimitsClaims>;
}

/** Where messages of a mapped subject go; a weight of 0 is 100. */
export interface WeightedMapping {
  readonly subject: string;
  readonly weight: number;
  readonly cluster: string;
}

/** Who decides, in place of the account's own keys, who comes in. */
export interface ExternalAuthorization {
  readonly auth_users: readonly string[];
  readonly allowed_accounts: readonly string[];
  readonly xkey: string;
}

/** What an account JWT says in its `nats` object. */
export interface AccountBody extends GenericFields {
  readonly imports: readonly ImportClaims[];
  readonly exports: readonly ExportClaims[];
  readonly limits: OperatorLimitsClaims;
  readonly signing_keys: SigningKeys;
  readonly revocations: Revocations;
  readonly default_permissions: PermissionsClaims;
  readonly mappings: ReadonlyMap<string, readonly WeightedMapping[]>;
  readonly authorization: ExternalAuthorization;
  readonly trace: { readonly dest: string; readonly sampling: number } | null;
  readonly cluster_traffic: string;
  readonly description: string;
  readonly info_url: string;
}

/** An account JWT. */
export interface AccountClaims extends ClaimsData {
  readonly nats: AccountBody;
}

const whole: Field<number> = optional(integer("int64"));

const jetStreamLimits: Fields<JetStreamLimitsClaims> = {
  mem_storage: whole,
  disk_storage: whole,
  streams: whole,
  consumer: whole,
  max_ack_pending: whole,
  mem_max_stream_bytes: whole,
  disk_max_stream_bytes: whole,
  max_bytes_required: optional(flag),
};

const revocations: Shape<Revocations> = mapOf(integer("int64"));

const imports: Shape<readonly ImportClaims[]> = listOf(
  struct<ImportClaims>("Import", {
    name: optional(text),
    subject: optional(text),
    account: optional(text),
    token: optional(text),
    to: optional(text),
    local_subject: optional(text),
    type: optional(exportKind),
    share: optional(flag),
    allow_trace: optional(flag),
  }),
);

const exports: Shape<readonly ExportClaims[]> = listOf(
  struct<ExportClaims>("Export", {
    name: optional(text),
    subject: optional(text),
    type: optional(exportKind),
    token_req: optional(flag),
    revocations: optional(revocations),
    response_type: optional(text),
    response_threshold: optional(duration),
    service_latency: optional(
      nullable(
        struct<{ sampling: number; results: string }>("ServiceLatency", {
          sampling: always(samplingRate),
          results: always(text),
        }),
      ),
    ),
    account_token_position: whole,
    advertise: optional(flag),
    allow_trace: optional(flag),
    description: optional(text),
    info_url: optional(text),
  }),
);

const limits: Shape<OperatorLimitsClaims> = struct<OperatorLimitsClaims>("OperatorLimits", {
  ...natsLimitsFields(0),
  imports: whole,
  exports: whole,
  wildcards: optional(flag),
  disallow_bearer: optional(flag),
  conn: whole,
  leaf: whole,
  ...jetStreamLimits,
  tiered_limits: optional(mapOf(struct<JetStreamLimitsClaims>("JetStreamLimits", jetStreamLimits))),
});

const mappings: Shape<ReadonlyMap<string, readonly WeightedMapping[]>> = mapOf(
  listOf(
    struct<WeightedMapping>("WeightedMapping", {
      subject: always(text),
      weight: whole,
      cluster: optional(text),
    }),
  ),
);

const shape: Shape<AccountClaims> = struct<AccountClaims>("AccountClaims", {
  ...claimsDataFields,
  nats: always(
    struct<AccountBody>("Account", {
      imports: optional(imports),
      exports: optional(exports),
      limits: optional(limits),
      signing_keys: optional(signingKeys),
      revocations: optional(revocations),
      default_permissions: optional(struct<PermissionsClaims>("Permissions", permissionsFields)),
      mappings: optional(mappings),
      authorization: optional(
        struct<ExternalAuthorization>("ExternalAuthorization", {
          auth_users: optional(listOf(text)),
          allowed_accounts: optional(listOf(text)),
          xkey: optional(text),
        }),
      ),
      trace: optional(
        nullable(
          struct<{ dest: string; sampling: number }>("MsgTrace", {
            dest: optional(text),
            sampling: whole,
          }),
        ),
      ),
      cluster_traffic: optional(text),
      description: optional(text),
      info_url: optional(text),
      ...genericFields,
    }),
  ),
});

const emptyBody = shape.zero().nats;
const noJetStream: JetStreamLimitsClaims = struct("JetStreamLimits", jetStreamLimits).zero();

/** How account JWTs are read. */
export const accountClaims: ClaimsType<AccountClaims> = {
  type: "account",
  issuers: ["account", "operator"],
  shape: () => shape,
  fromVersion1: (claims, { type, tags }) => {
    const { imports, exports, signing_keys, revocations, limits } = claims.nats;
    return {
      ...claims,
      nats: {
        ...emptyBody,
        imports,
        exports,
        signing_keys,
        revocations,
        limits: { ...limits, ...noJetStream, tiered_limits: new Map() },
        type,
        tags,
        version: 1,
      },
    };
  },
};

/** Whether what is about `key` and was issued at that time, in seconds since 1970, does not hold any more. */
export function isRevoked(revocations: Revocations, key: string, issuedAt: number): boolean {
  const until = Math.max(revocations.get(key) ?? -Infinity, revocations.get("*") ?? -Infinity);
  return until >= issuedAt;
}

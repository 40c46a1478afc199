import { text } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { always, optional, struct } from "../../json/struct-shape.ts";
import { isNkey } from "../nkey.ts";
import { type ClaimsData, claimsDataFields, type GenericFields, genericFields } from "./claims.ts";
import type { ClaimsType } from "./decode.ts";
import { type ExportKind, exportKind } from "./shapes.ts";
import { validateClaimsData, validateSubject } from "./validate-common.ts";
import { Validation } from "./validation.ts";

/** What an activation token says in its `nats` object. */
export interface Activation extends GenericFields {
  readonly subject: string;
  readonly kind: ExportKind;
  /** The exporting account, where a signing key of that account issued it. */
  readonly issuer_account: string;
}

/** An activation token: an exporting account allows another one to import. */
export interface ActivationClaims extends ClaimsData {
  readonly nats: Activation;
}

const shape: Shape<ActivationClaims> = struct<ActivationClaims>("ActivationClaims", {
  ...claimsDataFields,
  nats: always(
    struct<Activation>("Activation", {
      subject: optional(text),
      kind: optional(exportKind),
      issuer_account: optional(text),
      ...genericFields,
    }),
  ),
});

/** How activation tokens are read. */
export const activationClaims: ClaimsType<ActivationClaims> = {
  type: "activation",
  issuers: ["account", "operator"],
  shape: () => shape,
  fromVersion1: (claims, { type, tags, issuerAccount }) => ({
    ...claims,
    nats: {
      subject: claims.nats.subject,
      // It had the kind where the type is now.
      kind:
        claims.nats.type === "stream" || claims.nats.type === "service"
          ? claims.nats.type
          : "unknown",
      issuer_account: issuerAccount,
      type,
      tags,
      version: 1,
    },
  }),
};

/** What is wrong with an activation token. `nowMs` is wall-clock time; `undefined` leaves times aside. */
export function validateActivation(
  claims: ActivationClaims,
  nowMs: number | undefined,
  found: Validation = new Validation(),
): Validation {
  if (nowMs !== undefined) validateClaimsData(claims, nowMs, found);
  const { kind, subject, issuer_account } = claims.nats;
  if (kind === "unknown") found.error('invalid import type: "unknown"');
  validateSubject(subject, found);
  if (issuer_account !== "" && !isNkey("account", issuer_account)) {
    found.error("account_id is not an account public key");
  }
  return found;
}

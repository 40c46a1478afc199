/** How it is made sure that a request to an ingest URL comes from its sender. */
export type IngestVerification =
  /** `X-Hub-Signature-256`; `X-GitHub-Delivery` is the id of the message. */
  | { readonly kind: "github" }
  /** `Stripe-Signature`; the id of the event is the id of the message. */
  | { readonly kind: "stripe"; readonly toleranceMs: number }
  /** `X-Slack-Signature`; `event_id` is the id of the message. The challenge of a new URL is answered. */
  | { readonly kind: "slack"; readonly toleranceMs: number }
  /** `webhook-signature`, as of the specification Standard Webhooks; `webhook-id` is the id of the message. */
  | { readonly kind: "standard"; readonly toleranceMs: number }
  /** An HMAC in a header. */
  | HmacVerification
  /** Nothing but the URL itself, which is secret. */
  | { readonly kind: "none"; readonly idHeader: string | null };

export interface HmacVerification {
  readonly kind: "hmac";
  /** The header that has the signature. */
  readonly header: string;
  readonly algorithm: "sha256" | "sha512" | "sha1";
  readonly encoding: "hex" | "base64";
  /** What stands before the signature in its header, such as `sha256=`. */
  readonly prefix: string;
  /**
   * The header that has the time, in seconds or milliseconds since 1970. Then what is signed is the time, a dot and the body;
   * without it the body alone, and a request that somebody recorded can be sent again for ever.
   */
  readonly timestampHeader: string | null;
  /** How far the time may be away. */
  readonly toleranceMs: number;
  /** The header that is the id of the message. */
  readonly idHeader: string | null;
}

export type IngestKind = IngestVerification["kind"];

/** A URL by which a sender of webhooks puts messages into a station. Nothing of it is secret here. */
export interface Ingest {
  readonly station: string;
  readonly name: string;
  readonly description: string;
  readonly verify: IngestVerification;
  /** Headers of requests that go along with the message. */
  readonly headers: readonly string[];
  /** While it is paused requests are refused with 503, so that senders try again. */
  readonly isPaused: boolean;
  /** Whether there is a secret to verify signatures with: until then all is refused. `false` also where none is needed. */
  readonly hasSecret: boolean;
  readonly createdAt: string;
  /** Until when the URL, or the secret, that it had before is taken too; `null` if it is not. */
  readonly oldUrlUntil: string | null;
  readonly oldSecretUntil: string | null;
}

/** An ingest URL, with what is secret of it where that was made just now. */
export interface IngestWithSecret {
  readonly ingest: Ingest;
  /** Of the URL, behind the address of the HTTP door; told once. */
  readonly path: string | null;
  /** That requests are signed with; told once, and only if it was made here. */
  readonly secret: string | null;
}

/** What an ingest URL is verified by, with defaults left out. */
export type IngestVerificationRequest =
  | { readonly kind: "github" }
  | { readonly kind: "stripe" | "slack" | "standard"; readonly toleranceMs?: number }
  | ({ readonly kind: "hmac"; readonly header: string } & Partial<Omit<HmacVerification, "kind">>)
  | { readonly kind: "none"; readonly idHeader?: string | null };

export interface IngestRequest {
  /** `none` by default. */
  readonly verify?: IngestVerificationRequest;
  /**
   * That the sender signs with, 8 to 512 characters. By default a random one is made for `github` and `hmac`; the others give
   * you theirs, and refuse everything until you say it here, or by `ingest.rotate`.
   */
  readonly secret?: string;
  readonly description?: string;
  /** Beside those that a sender of the kind is known for. */
  readonly headers?: readonly string[];
  readonly isPaused?: boolean;
}

/** What of an ingest URL is changed; what is not given stays. The kind of verification stays in any case. */
export interface IngestChanges extends Omit<IngestRequest, "secret"> {}

/** What is made anew. */
export interface IngestRotation {
  /** By default the secret where requests are signed, and else the URL. */
  readonly what?: "secret" | "url";
  /** The new secret; by default a random one, where senders take one. */
  readonly secret?: string;
  /** How long the old one is taken too, up to 30 days; a day by default. */
  readonly graceMs?: number;
}

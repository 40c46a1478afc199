import type { ResolvedEngineOptions } from "../engine-options.ts";

/** What the options say about who may connect. */
export type SecurityOptions = Pick<
  ResolvedEngineOptions,
  "auth" | "accounts" | "systemAccount" | "tls" | "websocket" | "leafnodes" | "trustedProxies"
>;

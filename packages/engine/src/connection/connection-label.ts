import { goQuote } from "@oxbow/wire/go-text";

/** What a log calls a connection, as far as it is known. */
export interface LabelParts {
  readonly id: number;
  readonly address: string;
  readonly port: number;
  /** Whether it came over WebSocket. */
  readonly isWebSocket: boolean;
  /** Where a proxy says the client is; `undefined` if none does. */
  readonly forwardedAddress: string | undefined;
  /** From CONNECT; empty without. */
  readonly name: string;
  readonly lang: string;
  readonly version: string;
}

/**
 * A connection in the words of nats-server's log: `127.0.0.1:5555 - cid:5`, and once CONNECT said more
 * `127.0.0.1:5555 - cid:5 - "v1.2.3:go:name"`. Over WebSocket `10.1.2.3/127.0.0.1:5555 - wid:5`.
 */
export function connectionLabel(parts: LabelParts): string {
  const { id, port, name, lang, version, forwardedAddress } = parts;
  const via = forwardedAddress === undefined ? "" : `${bracketed(forwardedAddress)}/`;
  const kind = parts.isWebSocket ? "wid" : "cid";
  const base = `${via}${bracketed(parts.address)}:${port} - ${kind}:${id}`;
  const said = [version === "" ? "" : `v${version}`, lang, name].filter((part) => part !== "");
  return said.length === 0 ? base : `${base} - ${goQuote(said.join(":"))}`;
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

import { goQuote } from "../jetstream/config/go-quote.ts";

/** What a log calls a connection, as far as it is known. */
export interface LabelParts {
  readonly id: number;
  readonly address: string;
  readonly port: number;
  /** From CONNECT; empty without. */
  readonly name: string;
  readonly lang: string;
  readonly version: string;
}

/**
 * A connection in the words of nats-server's log: `127.0.0.1:5555 - cid:5`, and once CONNECT said more
 * `127.0.0.1:5555 - cid:5 - "v1.2.3:go:name"`.
 */
export function connectionLabel({ id, address, port, name, lang, version }: LabelParts): string {
  const host = address.includes(":") ? `[${address}]` : address;
  const base = `${host}:${port} - cid:${id}`;
  const said = [version === "" ? "" : `v${version}`, lang, name].filter((part) => part !== "");
  return said.length === 0 ? base : `${base} - ${goQuote(said.join(":"))}`;
}

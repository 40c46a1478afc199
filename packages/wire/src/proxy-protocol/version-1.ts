import { formatAddress, parseAddress } from "./ip-address.ts";
import { PROXY_LINE_SIZE_MAX } from "./limits.ts";
import type { ProxyHeader } from "./proxy-header.ts";

export const prefixOfVersion1: Buffer = Buffer.from("PROXY ");

const portMax = 65_535;

/** `PROXY TCP4 <source> <destination> <source port> <destination port>\r\n`, or `PROXY UNKNOWN …\r\n`. */
export function readVersion1(bytes: Buffer): ProxyHeader {
  const line = bytes.toString("latin1", prefixOfVersion1.length, PROXY_LINE_SIZE_MAX);
  const end = line.indexOf("\r\n");
  if (end < 0) {
    if (bytes.length < PROXY_LINE_SIZE_MAX) return { t: "incomplete" };
    return { t: "invalid", reason: "a line of version 1 that is too long" };
  }
  const size = prefixOfVersion1.length + end + 2;
  const fields = line
    .slice(0, end)
    .split(/[ \t\r\n\v\f]+/)
    .filter((field) => field !== "");
  if (fields[0] === "UNKNOWN") return { t: "header", size, source: undefined };
  const [protocol, source, destination, sourcePort, destinationPort] = fields;
  if (fields.length !== 5 || (protocol !== "TCP4" && protocol !== "TCP6")) {
    return { t: "invalid", reason: "a line of version 1 that is not TCP4, TCP6 or UNKNOWN" };
  }
  const addressSize = protocol === "TCP4" ? 4 : 16;
  const address = parseAddress(source as string);
  const to = parseAddress(destination as string);
  if (address?.length !== addressSize || to?.length !== addressSize) {
    return { t: "invalid", reason: `an address that does not fit ${protocol}` };
  }
  const port = parsePort(sourcePort as string);
  if (port === undefined || parsePort(destinationPort as string) === undefined) {
    return { t: "invalid", reason: "a port that is no number from 0 to 65535" };
  }
  return { t: "header", size, source: { address: formatAddress(address), port } };
}

function parsePort(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const port = Number(text);
  return port <= portMax ? port : undefined;
}

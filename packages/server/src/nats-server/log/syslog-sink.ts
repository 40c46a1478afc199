import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { hostname } from "node:os";
import type { LineLevel } from "./line-format.ts";
import type { LineSink } from "./server-log.ts";

/** Severities of RFC 5424, as nats-server gives them. The facility is 0, which is nats-server's too. */
const severities: Readonly<Record<LineLevel, number>> = {
  FTL: 2,
  ERR: 3,
  WRN: 4,
  INF: 5,
  TRC: 5,
  DBG: 7,
};

const tag = "nats-server";

/** Where a system log is reached. */
export interface SyslogAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `udp://host:port`, the port 514 where there is none; `undefined` for anything else. */
export function parseSyslogAddress(url: string): SyslogAddress | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname: host, port } = new URL(url);
  if (protocol !== "udp:" || host === "") return undefined;
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: port === "" ? 514 : Number(port) };
}

/** A system log elsewhere, one datagram a line. What gets lost on the way is lost, as UDP is. */
export class SyslogSink implements LineSink {
  readonly #address: SyslogAddress;
  readonly #socket: Socket;

  constructor(address: SyslogAddress) {
    this.#address = address;
    this.#socket = createSocket(isIPv6(address.host) ? "udp6" : "udp4").unref();
    this.#socket.on("error", () => {});
  }

  write(_line: string, level: LineLevel, text: string): void {
    const at = new Date().toISOString().replace(/\.\d+/, "");
    const message = `<${severities[level]}>${at} ${hostname()} ${tag}[${process.pid}]: ${text}\n`;
    this.#socket.send(message, this.#address.port, this.#address.host, () => {});
  }

  close(): void {
    this.#socket.close();
  }
}

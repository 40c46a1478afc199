import { connect } from "node:net";
import type { Socket, SocketHandler } from "@oxbow/base";

/** A TCP connection to a server of the test, as the gateway takes it. */
export function dialTcp(port: number): Promise<Socket> {
  const tcp = connect(port, "127.0.0.1");
  let pendingBytes = 0;
  const unusable = (): never => {
    throw new Error("not in this test");
  };
  const socket: Socket = {
    remoteAddress: "127.0.0.1",
    remotePort: port,
    tls: undefined,
    get pendingBytes(): number {
      return pendingBytes;
    },
    attach: (handler: SocketHandler) => {
      tcp.on("data", (chunk: Buffer) => handler.onData(chunk));
      tcp.on("drain", () => handler.onDrain());
      tcp.on("close", () => handler.onClose(undefined));
    },
    write: (data, flushed) => {
      pendingBytes += data.length;
      tcp.write(data, () => {
        pendingBytes -= data.length;
        flushed?.();
      });
    },
    pause: () => {
      tcp.pause();
    },
    resume: () => {
      tcp.resume();
    },
    end: () => {
      tcp.end();
    },
    destroy: () => {
      tcp.destroy();
    },
    trust: () => undefined,
    startTls: unusable,
    startWebSocket: unusable,
  };
  return new Promise((resolve, reject) => {
    tcp.once("error", reject);
    tcp.once("connect", () => {
      tcp.off("error", reject);
      tcp.on("error", () => undefined);
      resolve(socket);
    });
  });
}

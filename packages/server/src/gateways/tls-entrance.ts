import { readFile, stat } from "node:fs/promises";
import type { Socket } from "node:net";
import { createSecureContext, createServer, type Server } from "node:tls";
import { type Clock, errorFactory, type Logger, type OxbowError } from "@oxbow/base";

/** Files with a certificate, its intermediate ones behind it, and its key, as PEM. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

const makeError: (
  code: "CERTIFICATE_UNUSABLE",
  message: string,
  options?: ErrorOptions,
) => OxbowError = errorFactory({
  CERTIFICATE_UNUSABLE: { kind: "invalid-argument", retryable: false },
});
const handshakeTimeoutMs = 10_000;
/** How often it is looked whether the files are others, while somebody connects. */
const lookEveryMs = 60_000;

/**
 * Encrypts connections of a door. A certificate that was renewed is taken up within a minute, by whoever connects then; one
 * that can't be read is reported, and the one before stays.
 */
export class TlsEntrance {
  readonly #files: TlsFiles;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #server: Server;
  #changedAt: string;
  #lookAtMs: number;

  private constructor(files: TlsFiles, clock: Clock, logger: Logger, { changedAt, ...pem }: Read) {
    this.#files = files;
    this.#clock = clock;
    this.#logger = logger;
    this.#changedAt = changedAt;
    this.#lookAtMs = clock.monotonicMs() + lookEveryMs;
    this.#server = createServer({
      ...pem,
      minVersion: "TLSv1.2",
      handshakeTimeout: handshakeTimeoutMs,
      ALPNProtocols: ["http/1.1"],
    });
    this.#server.on("tlsClientError", (_error, socket) => socket.destroy());
  }

  /** @throws OxbowError `CERTIFICATE_UNUSABLE` */
  static async open(files: TlsFiles, clock: Clock, logger: Logger): Promise<TlsEntrance> {
    return new TlsEntrance(files, clock, logger, await read(files));
  }

  /** Who has shaken hands is given to `hand`. */
  onEncrypted(hand: (encrypted: Socket) => void): void {
    this.#server.on("secureConnection", hand);
  }

  /** Shakes hands with somebody; who does not, or speaks something else, is let go. */
  take(socket: Socket): void {
    this.#lookAgain();
    this.#server.emit("connection", socket);
  }

  #lookAgain(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#lookAtMs) return;
    this.#lookAtMs = nowMs + lookEveryMs;
    void this.#takeUp().catch((error: Error) =>
      this.#logger.error({ error: error.message }, "the certificate for HTTP stays as it was"),
    );
  }

  async #takeUp(): Promise<void> {
    if ((await changeOf(this.#files)) === this.#changedAt) return;
    const { changedAt, ...pem } = await read(this.#files);
    this.#server.setSecureContext(pem);
    this.#changedAt = changedAt;
    this.#logger.info({}, "the certificate for HTTP is another one now");
  }
}

interface Read {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly changedAt: string;
}

async function read(files: TlsFiles): Promise<Read> {
  const { certificate, key: keyFile } = files;
  try {
    const changedAt = await changeOf(files);
    const [cert, key] = await Promise.all([readFile(certificate), readFile(keyFile)]);
    createSecureContext({ cert, key });
    return { cert, key, changedAt };
  } catch (cause) {
    const { message } = cause as Error;
    const text = `HTTP can't be encrypted with ${certificate} and ${keyFile}: ${message}. Both are PEM files, and the key is that of the certificate`;
    throw makeError("CERTIFICATE_UNUSABLE", text, { cause });
  }
}

/** Another text after each change of one of the files. */
async function changeOf({ certificate, key }: TlsFiles): Promise<string> {
  const found = await Promise.all([stat(certificate), stat(key)]);
  return found.map(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`).join();
}

import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { type AccountResolver, type TlsOptions, TOKEN_LENGTH_MAX } from "@oxbow/engine";

/** How long an answer may take. */
const timeoutMs = 1_900;

/** Looks accounts up at a web server, as `GET <base><key>`. */
export class UrlResolver implements AccountResolver {
  readonly kind = "url";
  /** Without name and password, and with a slash at its end. */
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  readonly #tls: TlsOptions | undefined;

  private constructor(base: string, tls: TlsOptions | undefined) {
    const url = new URL(base.endsWith("/") ? base : `${base}/`);
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    this.#headers =
      login === ":" ? {} : { authorization: `Basic ${Buffer.from(login).toString("base64")}` };
    url.username = "";
    url.password = "";
    this.#base = url.href;
    this.#tls = url.protocol === "https:" ? tls : undefined;
  }

  /**
   * Makes a resolver once the server has answered a request without a key; rejects if it does not.
   *
   * @param tls - Whom it trusts, and the certificate it shows. Default: the system's authorities, and none.
   */
  static async open(base: string, tls?: TlsOptions): Promise<UrlResolver> {
    const resolver = new UrlResolver(base, tls);
    await resolver.fetch("");
    return resolver;
  }

  async fetch(accountKey: string): Promise<string | undefined> {
    const url = `${this.#base}${accountKey}`;
    const failed = (reason: string, cause?: unknown): Error =>
      new Error(`could not fetch <"${url}">: ${reason}`, { cause });
    let status: string;
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const answer =
        this.#tls === undefined
          ? await ask(url, this.#headers, signal)
          : await askSecurely(url, this.#headers, signal, this.#tls);
      if (answer.status === 200) return (await readText(answer.body)).trim();
      status = `${answer.status} ${answer.text}`.trim();
      await answer.discard();
    } catch (error) {
      const { message, cause } = error as Error;
      throw failed(cause instanceof Error ? cause.message : message, error);
    }
    throw failed(status);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What a web server answers. */
interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Does without the body. */
  discard(): Promise<void> | void;
}

async function* noBytes(): AsyncIterable<Uint8Array> {}

async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  const { status, statusText: text, body } = await fetch(url, { headers, signal });
  return { status, text, body: body ?? noBytes(), discard: () => body?.cancel() };
}

/** The same over TLS with authorities and a certificate of its own. */
async function askSecurely(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  { certificates, authorities, versionMin, cipherSuites, curves }: TlsOptions,
): Promise<Answer> {
  const asking = request(url, {
    headers,
    signal,
    agent: false,
    cert: certificates.map(({ certificate }) => certificate),
    key: certificates.map(({ key }) => key),
    minVersion: versionMin ?? "TLSv1.2",
    ...(authorities !== undefined && { ca: authorities }),
    ...(cipherSuites !== undefined && { ciphers: cipherSuites.join(":") }),
    ...(curves !== undefined && { ecdhCurve: curves.join(":") }),
  });
  asking.end();
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  const { statusCode: status = 0, statusMessage: text = "" } = response;
  return { status, text, body: response, discard: () => void response.destroy() };
}

/** The body, if it can be a JWT by its length. */
async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > TOKEN_LENGTH_MAX) throw new Error(`more than ${TOKEN_LENGTH_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("latin1");
}

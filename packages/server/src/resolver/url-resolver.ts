import { type AccountResolver, TOKEN_LENGTH_MAX } from "@oxbow/engine";

/** How long an answer may take. */
const timeoutMs = 1_900;

/** Looks accounts up at a web server, as `GET <base><key>`. */
export class UrlResolver implements AccountResolver {
  readonly kind = "url";
  /** Without name and password, and with a slash at its end. */
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(base: string) {
    const url = new URL(base.endsWith("/") ? base : `${base}/`);
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    this.#headers =
      login === ":" ? {} : { authorization: `Basic ${Buffer.from(login).toString("base64")}` };
    url.username = "";
    url.password = "";
    this.#base = url.href;
  }

  /** Makes a resolver once the server has answered a request without a key; rejects if it does not. */
  static async open(base: string): Promise<UrlResolver> {
    const resolver = new UrlResolver(base);
    await resolver.fetch("");
    return resolver;
  }

  async fetch(accountKey: string): Promise<string | undefined> {
    const url = `${this.#base}${accountKey}`;
    const failed = (reason: string, cause?: unknown): Error =>
      new Error(`could not fetch <"${url}">: ${reason}`, { cause });
    let response: Response;
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      response = await fetch(url, { headers: this.#headers, signal });
      if (response.status === 200) return (await readText(response)).trim();
    } catch (error) {
      const { message, cause } = error as Error;
      throw failed(cause instanceof Error ? cause.message : message, error);
    }
    await response.body?.cancel();
    throw failed(`${response.status} ${response.statusText}`.trim());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The body, if it can be a JWT by its length. */
async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > TOKEN_LENGTH_MAX) throw new Error(`more than ${TOKEN_LENGTH_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("latin1");
}

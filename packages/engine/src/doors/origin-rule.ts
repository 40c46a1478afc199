import type { UpgradeRequest } from "@oxbow/base";
import { engineError } from "../errors.ts";
import type { WebSocketOptions } from "../options/transports.ts";

/** Scheme, host and port that a page comes from. */
interface Origin {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
}

/** Which pages may have their browser connect here. Clients that are no browsers send no origin, and may. */
export class OriginRule {
  readonly #isSameOnly: boolean;
  readonly #isSecure: boolean;
  readonly #allowed: readonly Origin[];

  /** @throws `ENGINE_OPTION_INVALID`: an allowed origin is no URL of HTTP. */
  constructor(options: WebSocketOptions) {
    this.#isSameOnly = options.sameOrigin ?? false;
    this.#isSecure = options.tls !== undefined;
    this.#allowed = (options.allowedOrigins ?? []).map(readAllowedOrigin);
  }

  /** What is wrong with where a request comes from; `undefined` if nothing is. */
  objection(headers: UpgradeRequest["headers"]): string | undefined {
    if (!this.#isSameOnly && this.#allowed.length === 0) return undefined;
    const text = headers["origin"] || headers["sec-websocket-origin"];
    if (!text) return undefined;
    const origin = parseOrigin(text);
    if (origin === undefined) return "not a URL";
    if (this.#isSameOnly && !this.#isOwn(origin, headers["host"] ?? "")) return "not same origin";
    if (this.#allowed.length === 0 || this.#allowed.some((allowed) => isSame(allowed, origin))) {
      return undefined;
    }
    return "not in the allowed list";
  }

  /** Whether `origin` is what the request was sent to, by its header `Host`. */
  #isOwn(origin: Origin, host: string): boolean {
    const own = parseOrigin(`${this.#isSecure ? "https" : "http"}://${host}`);
    return own !== undefined && isSame(own, origin);
  }
}

function isSame(one: Origin, other: Origin): boolean {
  return one.scheme === other.scheme && one.host === other.host && one.port === other.port;
}

function parseOrigin(text: string): Origin | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port } = new URL(text);
  const usualPort = protocol === "https:" ? "443" : "80";
  return { scheme: protocol, host: hostname.toLowerCase(), port: port || usualPort };
}

function readAllowedOrigin(text: string): Origin {
  const origin = parseOrigin(text);
  const isHttp = origin?.scheme === "http:" || origin?.scheme === "https:";
  if (origin !== undefined && isHttp && origin.host !== "") return origin;
  throw engineError(
    "ENGINE_OPTION_INVALID",
    `unable to parse allowed origin "${text}": allowed origins must be absolute URLs with http or https scheme`,
  );
}

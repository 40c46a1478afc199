import { isIP } from "node:net";
import { httpError } from "../errors.ts";

/** What of a request tells whether a web page has asked, and whose. */
export interface RequestOrigin {
  readonly method: string;
  readonly host: string | undefined;
  /** How it was asked: by `http` or `https`, of a proxy where one stands before. */
  readonly protocol: string;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`, as browsers write it and pages can't. */
  readonly fetchSite: string | undefined;
  /** `Sec-Fetch-Mode`. */
  readonly fetchMode: string | undefined;
}

/** Whether a browser has sent it: they all say so since 2023, and none lets a page keep it from saying so. */
export function isOfBrowser({ origin, fetchSite }: RequestOrigin): boolean {
  return origin !== undefined || fetchSite !== undefined;
}

/**
 * Keeps out what other people's web pages have a browser ask (CSRF). Somebody who goes to an address, or follows a link
 * to it, is let in.
 *
 * @throws OxbowError `ORIGIN_DENIED`
 */
export function checkOrigin(request: RequestOrigin): void {
  const { method, host, protocol, origin, fetchSite, fetchMode } = request;
  const isVisit = fetchMode === "navigate" && method === "GET";
  const isElsewhere = fetchSite === "cross-site" || fetchSite === "same-site";
  const isOther =
    origin !== undefined &&
    (hostOf(origin) !== host?.toLowerCase() ||
      // Whoever sits between can answer for this very name, where nothing is encrypted.
      (protocol === "https" && origin.startsWith("http:")));
  if (isVisit || (!isElsewhere && !isOther)) return;
  const message = `a web page of ${origin ?? "another site"} may not ask this server: it answers its own console, and programs`;
  throw httpError("ORIGIN_DENIED", message);
}

/**
 * Keeps out requests for names that somebody has pointed to this machine (DNS rebinding), where whoever can reach the
 * server may use it.
 *
 * @throws OxbowError `HOST_DENIED`
 */
export function checkLoopbackHost(host: string | undefined): void {
  if (isLoopbackName(host)) return;
  const message = `this server is open to this machine only, and is not called ${JSON.stringify(host ?? "")}: ask 127.0.0.1 or localhost, or start it with --auth`;
  throw httpError("HOST_DENIED", message);
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}

/** Whether a `Host` is a name of this machine that no other has. */
export function isLoopbackName(host: string | undefined): boolean {
  const name = (host ?? "")
    .toLowerCase()
    .replace(/:\d+$/, "")
    .replace(/^\[(.*)\]$/, "$1");
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "::1" ||
    (isIP(name) === 4 && name.startsWith("127."))
  );
}

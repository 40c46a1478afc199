import { type IncomingMessage, request as requestPlainly } from "node:http";
import { request as requestEncrypted } from "node:https";
import { notificationLimits } from "../limits.ts";
import type { AddressGuard, CheckedAddress } from "./address-guard.ts";
import { connectionFailure, SendFailure } from "./send-failure.ts";

const { answerTimeoutMs, answerBytesMax, retryDelayMsMax } = notificationLimits;
/** What may be otherwise a little later. */
const passing: readonly number[] = [408, 409, 425, 429];
const shownCharsMax = 200;

/** What is posted. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Posts JSON to a web server, at an address that the guard has checked. Redirects are not followed: they could lead
 * anywhere.
 *
 * @returns What it answered, in a line.
 * @throws SendFailure
 */
export async function httpPost(
  { url: text, headers, body }: Post,
  guard: AddressGuard,
): Promise<string> {
  const url = new URL(text);
  const address = await guard.addressOf(url.hostname);
  try {
    const { status, answer, retryAfter } = await exchange(url, address, headers, body);
    const said = answer === "" ? String(status) : `${status} ${answer}`;
    if (status >= 200 && status < 300) return said;
    const isRedirect = status >= 300 && status < 400;
    const more = isRedirect ? ", and redirects are not followed" : "";
    const isFinal = status < 500 && !passing.includes(status);
    throw new SendFailure(`${url.host} answers ${said}${more}`, isFinal, waitMs(retryAfter));
  } catch (error) {
    throw connectionFailure(url.host, error);
  }
}

interface Answer {
  readonly status: number;
  readonly answer: string;
  readonly retryAfter: string | undefined;
}

function exchange(
  url: URL,
  { address, family }: CheckedAddress,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const send = url.protocol === "https:" ? requestEncrypted : requestPlainly;
  const request = send(url, {
    method: "POST",
    // No connection is used twice: the next one goes to an address that was checked then.
    agent: false,
    signal: AbortSignal.timeout(answerTimeoutMs),
    lookup: (_host, options, found) => {
      if (options.all === true) found(null, [{ address, family }]);
      else found(null, address, family);
    },
    headers: {
      ...headers,
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      "user-agent": "oxbow",
    },
  });
  request.once("error", (error: Error) => {
    const isLate = error.name === "TimeoutError" || error.name === "AbortError";
    const text = `${url.host} did not answer within ${answerTimeoutMs / 1_000} s`;
    reject(isLate ? new SendFailure(text, false) : error);
  });
  request.once("response", (response) => {
    void beginningOf(response).then((answer) => {
      const { statusCode: status = 0, headers: told } = response;
      request.destroy();
      resolve({ status, answer, retryAfter: told["retry-after"] });
    }, reject);
  });
  request.end(body);
  return promise;
}

/** The beginning of an answer, as a line. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size >= answerBytesMax) break;
    }
  } catch {
    // It has said by its status what became of it.
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return text
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, shownCharsMax);
}

/** Seconds, or a date, which is taken for none. */
function waitMs(retryAfter: string | undefined): number {
  const seconds = Number(retryAfter ?? 0);
  return seconds > 0 ? Math.min(seconds * 1_000, retryDelayMsMax) : 0;
}

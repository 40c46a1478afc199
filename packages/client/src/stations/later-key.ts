import { laterToken } from "./route.ts";

/** The key under which a message waits that is delivered later. */
export function laterKey(messageId: string): string {
  const isToken = /^[\w-]+$/.test(messageId);
  const token = isToken ? messageId : `${Buffer.from(messageId).toString("base64url")}=`;
  return `${laterToken}.${token}`;
}

/** Whether a message of a station's stream waits to be delivered later. */
export function isLaterSubject(stream: string, subject: string): boolean {
  return subject.startsWith(`${stream}.${laterToken}.`);
}

/** The way back; `undefined` for another key. */
export function idOfLater(key: string): string | undefined {
  const [first, token, more] = key.split(".");
  if (first !== laterToken || token === undefined || token === "" || more !== undefined) {
    return undefined;
  }
  return token.endsWith("=") ? Buffer.from(token, "base64url").toString() : token;
}

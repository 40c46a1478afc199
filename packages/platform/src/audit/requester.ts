import type { Msg } from "@nats-io/nats-core";
import type { Requester } from "oxbow/control";

const header = "Nats-Request-Info";

/** Who asks, as the server has written into the request; `null` if it has not. */
export function requesterOf(message: Msg): Requester | null {
  const info = requestInfoOf(message);
  if (info === undefined) return null;
  const textOf = (name: string): string => {
    const value = info[name];
    return typeof value === "string" ? value : "";
  };
  const { id } = info;
  return {
    user: textOf("user"),
    account: textOf("acc"),
    address: textOf("host"),
    connection: textOf("name"),
    clientId: typeof id === "number" ? id : null,
  };
}

/** When the connection of who asks was made, by the same; `null` if it does not say. */
export function connectedAtOf(message: Msg): string | null {
  const start = requestInfoOf(message)?.["start"];
  return typeof start === "string" ? start : null;
}

function requestInfoOf(message: Msg): Readonly<Record<string, unknown>> | undefined {
  const text = message.headers?.get(header);
  if (text === undefined || text === "") return undefined;
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

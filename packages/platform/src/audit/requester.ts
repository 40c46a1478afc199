import type { Msg } from "@nats-io/nats-core";
import type { Requester } from "oxbow/control";

const header = "Nats-Request-Info";

/** Who asks, as the server has written into the request; `null` if it has not. */
export function requesterOf(message: Msg): Requester | null {
  const text = message.headers?.get(header);
  if (text === undefined || text === "") return null;
  let info: Readonly<Record<string, unknown>>;
  try {
    info = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
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

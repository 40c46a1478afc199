import { accountRequests } from "./account-requests.ts";
import { consumerControlRequests } from "./consumer-control.ts";
import { consumerRequests } from "./consumer-requests.ts";
import { messageRequests } from "./message-requests.ts";
import type { ApiRoute } from "./route.ts";
import { snapshotRequests } from "./snapshot-requests.ts";
import { streamRequests } from "./stream-requests.ts";

/** What the subjects of all requests begin with. */
export const API_PREFIX = "$JS.API.";

const routes: ReadonlyMap<string, ApiRoute> = new Map([
  ...accountRequests,
  ...streamRequests,
  ...messageRequests,
  ...consumerRequests,
  ...consumerControlRequests,
  ...snapshotRequests,
]);

/**
 * The route of a request on `subject`, and the tokens behind its name. The longest name wins: `STREAM.MSG.GET` is not the
 * request `STREAM.MSG` with an argument.
 */
export function findRoute(subject: string): { route: ApiRoute; args: string[] } | undefined {
  const tokens = subject.slice(API_PREFIX.length).split(".");
  for (let size = Math.min(3, tokens.length); size > 0; size--) {
    const route = routes.get(tokens.slice(0, size).join("."));
    const args = tokens.slice(size);
    if (route === undefined) continue;
    const [least, most] = route.args;
    return args.length >= least && args.length <= most ? { route, args } : undefined;
  }
  return undefined;
}

import type { Engine } from "../engine.ts";
import { BadRequest } from "./bad-request.ts";
import { type ConnzOptions, connz } from "./connz.ts";
import { indentedJson } from "./json-text.ts";
import { jsz } from "./jsz.ts";
import { Query } from "./query.ts";

/** What monitoring says over HTTP. */
export interface PageAnswer {
  readonly status: number;
  /** JSON, or plain text where the request was wrong. */
  readonly isJson: boolean;
  readonly body: string;
}

/** @throws BadRequest */
type Page = (engine: Engine, query: Query) => object | Promise<object>;

const pages: Readonly<Record<string, Page>> = {
  "/connz": (engine, query) => connz(engine, connzOptions(query)),
  "/jsz": (engine, query) =>
    jsz(engine, {
      hasAccounts: query.boolean("accounts"),
      hasStreams: query.boolean("streams"),
      hasConsumers: query.boolean("consumers"),
      hasDirectConsumers: query.boolean("direct-consumers"),
      hasConfig: query.boolean("config"),
      offset: query.integer("offset"),
      limit: query.integer("limit"),
      ...leadership(query),
      account: query.text("acc"),
    }),
};

/**
 * Answers a request for `/connz`, `/jsz` and so on, with the parameters of nats-server. Wrong ones get status 400 and
 * its text.
 *
 * @returns `undefined` where there is no such page.
 */
export async function monitoringPage(
  engine: Engine,
  path: string,
  parameters: URLSearchParams,
): Promise<PageAnswer | undefined> {
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (page === undefined) return undefined;
  try {
    const body = indentedJson(await page(engine, new Query(parameters)));
    return { status: 200, isJson: true, body };
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return { status: 400, isJson: false, body: error.message };
  }
}

/** What is asked about leaders; a lone server leads all it has. */
function leadership(query: Query): { isRaftShown: boolean } {
  query.boolean("leader-only");
  const isRaftShown = query.boolean("raft");
  query.boolean("stream-leader-only");
  return { isRaftShown };
}

function connzOptions(query: Query): ConnzOptions {
  return {
    sort: query.text("sort"),
    hasUser: query.boolean("auth"),
    subscriptions: subscriptionsOf(query),
    offset: query.integer("offset"),
    limit: query.integer("limit"),
    connectionId: query.unsigned("cid"),
    state: stateOf(query.text("state")),
    user: query.text("user"),
    account: query.text("acc"),
    mqttClient: query.text("mqtt_client"),
    filterSubject: query.text("filter_subject"),
  };
}

function subscriptionsOf(query: Query): ConnzOptions["subscriptions"] {
  if (query.text("subs").toLowerCase() === "detail") return "details";
  return query.boolean("subs") ? "subjects" : "none";
}

function stateOf(text: string): ConnzOptions["state"] {
  const state = text.toLowerCase();
  if (state === "" || state === "open") return "open";
  if (state === "closed") return "closed";
  if (state === "any" || state === "all") return "any";
  throw new BadRequest(`Error decoding state for ${text}`);
}

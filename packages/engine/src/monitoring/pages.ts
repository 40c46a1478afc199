import type { Engine } from "../engine.ts";
import { accountStatz } from "./account-statz.ts";
import { accountz } from "./accountz.ts";
import { BadRequest } from "./bad-request.ts";
import { type ConnzOptions, connz } from "./connz.ts";
import { healthz } from "./healthz.ts";
import { jsonPage } from "./json-page.ts";
import { shortJson } from "./json-text.ts";
import { jsz } from "./jsz.ts";
import { gatewayz, leafz, noRaftText, routez } from "./no-servers.ts";
import { Query } from "./query.ts";
import { subsz } from "./subsz.ts";

/** What monitoring says over HTTP. */
export interface PageAnswer {
  readonly status: number;
  /** JSON, or plain text where the request was wrong. */
  readonly isJson: boolean;
  readonly body: string;
}

/** @throws BadRequest */
type Page = (engine: Engine, query: Query) => object | Promise<object>;

const subszPage: Page = (engine, query) =>
  subsz(engine, {
    isListed: query.boolean("subs"),
    offset: query.integer("offset"),
    limit: query.integer("limit"),
    account: query.text("acc"),
    test: query.text("test"),
  });

const pages: Readonly<Record<string, Page>> = {
  "/subsz": subszPage,
  "/subscriptionsz": subszPage,
  "/accountz": (engine, query) => accountz(engine, query.text("acc")),
  "/accstatz": (engine, query) => accountStatz(engine, [], query.boolean("unused")),
  "/routez": (engine, query) => {
    subscriptionsOf(query);
    return routez(engine);
  },
  "/gatewayz": (engine, query) => {
    query.boolean("accs");
    return gatewayz(engine);
  },
  "/leafz": (engine, query) => {
    query.boolean("subs");
    return leafz(engine);
  },
  "/connz": (engine, query) => connz(engine, connzOptions(query)),
  // Requests wait in no queues here.
  "/ipqueuesz": (_, query) => {
    query.boolean("all");
    return {};
  },
  "/debug/vars": ({ process }) => process.variables(),
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
  try {
    if (path === "/healthz") return healthPage(engine, new Query(parameters));
    if (path === "/raftz") return { status: 404, isJson: false, body: noRaftText };
    if (path === "/stacksz") return { status: 200, isJson: false, body: engine.process.stacks() };
    if (page === undefined) return undefined;
    const body = await engine.pages.make(async () =>
      jsonPage(await page(engine, new Query(parameters)), "  ", engine.pacer()),
    );
    return { status: 200, isJson: true, body };
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return { status: 400, isJson: false, body: error.message };
  }
}

function healthPage(engine: Engine, query: Query): PageAnswer {
  const isJetStreamOnly = [query.boolean("js-enabled"), query.boolean("js-enabled-only")];
  const isServerOnly = query.boolean("js-server-only");
  query.boolean("js-meta-only");
  const { code, body } = healthz(engine, {
    isJetStreamOnly: isJetStreamOnly.includes(true),
    isServerOnly,
    hasDetails: query.boolean("details"),
    account: query.text("account"),
    stream: query.text("stream"),
    consumer: query.text("consumer"),
  });
  return { status: code, isJson: true, body: shortJson(body) };
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

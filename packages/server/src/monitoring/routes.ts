import {
  type Engine,
  monitoringPage,
  type ProcessFacts,
  SERVER_VERSION,
  varz,
} from "@oxbow/engine";
import {
  jsonAnswer,
  type MonitoringAnswer,
  pageAnswer,
  shortJsonAnswer,
  textAnswer,
} from "./answer.ts";

/** What the pages are about. */
export interface Monitored {
  /** `undefined` until it is open. */
  readonly engine: Engine | undefined;
  facts(): ProcessFacts;
}

/** One page. */
export interface MonitoringRoute {
  /** What the index calls it; absent pages are not listed there. */
  readonly title?: string;
  /** The page whose requests those for this one count as, if that is another. */
  readonly countedAs?: string;
  /** Answers a query. An error it throws becomes status 500. */
  answer(
    monitored: Monitored,
    query: URLSearchParams,
  ): MonitoringAnswer | Promise<MonitoringAnswer>;
}

/** The version the index shows. */
export const monitoredVersion: string = SERVER_VERSION;

/** All pages by path, below the base path. A new one needs no more than a line here. */
export const monitoringRoutes: Readonly<Record<string, MonitoringRoute>> = {
  "/varz": {
    title: "General",
    answer: ({ engine, facts }) =>
      engine === undefined ? notReady() : jsonAnswer(varz(engine, facts())),
  },
  "/jsz": enginePage("/jsz", "JetStream"),
  "/connz": enginePage("/connz", "Connections"),
  "/accountz": enginePage("/accountz", "Accounts"),
  "/accstatz": enginePage("/accstatz", "Account Stats"),
  "/subsz": enginePage("/subsz", "Subscriptions"),
  "/subscriptionsz": { countedAs: "/subsz", ...enginePage("/subscriptionsz") },
  "/routez": enginePage("/routez", "Routes"),
  "/leafz": enginePage("/leafz", "LeafNodes"),
  "/gatewayz": enginePage("/gatewayz", "Gateways"),
  "/raftz": enginePage("/raftz", "Raft Groups"),
  "/healthz": enginePage("/healthz", "Health Probe"),
  "/ipqueuesz": enginePage("/ipqueuesz"),
  "/stacksz": enginePage("/stacksz"),
  "/debug/vars": enginePage("/debug/vars", "Expvar"),
};

/** A page that the engine makes. */
function enginePage(path: string, title?: string): MonitoringRoute {
  return {
    ...(title !== undefined && { title }),
    answer: async ({ engine }, query) => {
      if (engine === undefined) return notReady();
      const answer = await monitoringPage(engine, path, query);
      return answer === undefined ? textAnswer(404, "404 page not found") : pageAnswer(answer);
    },
  };
}

function notReady(): MonitoringAnswer {
  return shortJsonAnswer({ status: "unavailable", error: "server is starting" }, 503);
}

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { NotFound } from "./pages/not-found.tsx";
import { textsOf } from "./parts/search.ts";
import { Shell } from "./parts/shell.tsx";

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const overview = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/overview.tsx"), "Overview"),
});
const stations = createRoute({
  getParentRoute: () => rootRoute,
  path: "/stations",
  validateSearch: textsOf("search", "tags", "sort", "only", "new"),
  component: lazyRouteComponent(() => import("./pages/stations.tsx"), "Stations"),
});
const stationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/stations/$station",
  validateSearch: textsOf(
    "tab",
    "group",
    "reason",
    "since",
    "letter",
    ...(["order", "text", "key", "partition", "header", "where"] as const),
    ...(["from", "to", "fromSequence", "toSequence", "message"] as const),
  ),
  component: lazyRouteComponent(() => import("./pages/station.tsx"), "StationPage"),
});
const messageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/stations/$station/messages/$partition/$sequence",
  component: lazyRouteComponent(() => import("./pages/message.tsx"), "MessagePage"),
});
const schemas = createRoute({
  getParentRoute: () => rootRoute,
  path: "/schemas",
  component: lazyRouteComponent(() => import("./pages/schemas.tsx"), "Schemas"),
});

// Every page beside the overview is loaded when it is first gone to; `parts/places.ts` has what the navigation shows.
const pages = [overview, stations, stationRoute, messageRoute, schemas] as const;

export const router = createRouter({
  routeTree: rootRoute.addChildren(pages),
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { NotFound } from "./pages/not-found.tsx";
import { Broken } from "./parts/broken.tsx";
import { textsOf } from "./parts/search.ts";
import { Shell } from "./parts/shell.tsx";

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const overview = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: textsOf("span"),
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
    "span",
    "group",
    "reason",
    "since",
    "cause",
    "letter",
    "entry",
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
const lineage = createRoute({
  getParentRoute: () => rootRoute,
  path: "/lineage",
  validateSearch: textsOf("station", "view", "parties"),
  component: lazyRouteComponent(() => import("./pages/lineage.tsx"), "Lineage"),
});
const schemas = createRoute({
  getParentRoute: () => rootRoute,
  path: "/schemas",
  validateSearch: textsOf("q"),
  component: lazyRouteComponent(() => import("./pages/schemas.tsx"), "Schemas"),
});
const system = createRoute({
  getParentRoute: () => rootRoute,
  path: "/system",
  validateSearch: textsOf("tab", "level", "q"),
  component: lazyRouteComponent(() => import("./pages/system.tsx"), "System"),
});
const sessions = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sessions",
  component: lazyRouteComponent(() => import("./pages/sessions.tsx"), "Sessions"),
});

const apiDocs = createRoute({
  getParentRoute: () => rootRoute,
  path: "/api/docs",
  validateSearch: textsOf("operation", "q"),
  component: lazyRouteComponent(() => import("./pages/api-docs.tsx"), "ApiDocs"),
});

const schemaRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/schemas/$schema",
  validateSearch: textsOf("tab", "version", "from", "to"),
  component: lazyRouteComponent(() => import("./pages/schema.tsx"), "SchemaPage"),
});
const newSchema = createRoute({
  getParentRoute: () => rootRoute,
  path: "/new-schema",
  validateSearch: textsOf("station"),
  component: lazyRouteComponent(() => import("./pages/new-schema.tsx"), "NewSchema"),
});

const storage = createRoute({
  getParentRoute: () => rootRoute,
  path: "/storage",
  validateSearch: textsOf("tab", "q"),
  component: lazyRouteComponent(() => import("./pages/storage.tsx"), "Storage"),
});
const bucketRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/storage/kv/$bucket",
  validateSearch: textsOf("q", "key", "tab", "live"),
  component: lazyRouteComponent(() => import("./pages/storage-bucket.tsx"), "BucketPage"),
});
const storeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/storage/objects/$bucket",
  validateSearch: textsOf("q", "object"),
  component: lazyRouteComponent(() => import("./pages/storage-objects.tsx"), "StorePage"),
});

const users = createRoute({
  getParentRoute: () => rootRoute,
  path: "/users",
  validateSearch: textsOf("q", "tenant"),
  component: lazyRouteComponent(() => import("./pages/users.tsx"), "Users"),
});
const userRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/users/$user",
  validateSearch: textsOf("tenant"),
  component: lazyRouteComponent(() => import("./pages/user.tsx"), "UserPage"),
});
const tenants = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tenants",
  component: lazyRouteComponent(() => import("./pages/tenants.tsx"), "Tenants"),
});

const notifications = createRoute({
  getParentRoute: () => rootRoute,
  path: "/notifications",
  validateSearch: textsOf("tab", "outcome", "channel", "rule"),
  component: lazyRouteComponent(() => import("./pages/notifications.tsx"), "NotificationsPage"),
});
const audit = createRoute({
  getParentRoute: () => rootRoute,
  path: "/audit",
  validateSearch: textsOf("user", "operation", "name", "since", "until", "entry"),
  component: lazyRouteComponent(() => import("./pages/audit.tsx"), "Audit"),
});

// Every page beside the overview is loaded when it is first gone to; `parts/places.ts` has what the navigation shows.
const pages = [
  overview,
  stations,
  stationRoute,
  messageRoute,
  lineage,
  schemas,
  schemaRoute,
  newSchema,
  storage,
  bucketRoute,
  storeRoute,
  users,
  userRoute,
  tenants,
  notifications,
  audit,
  system,
  sessions,
  apiDocs,
] as const;

export const router = createRouter({
  routeTree: rootRoute.addChildren(pages),
  defaultPreload: "intent",
  defaultErrorComponent: Broken,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

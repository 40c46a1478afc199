import type { OperationName } from "oxbow/control";
import type { Route } from "../route.ts";
import { auditRoutes, tenantRoutes, userRoutes } from "./account.ts";
import { deadLetterRoutes } from "./dead-letter.ts";
import { groupRoutes } from "./group.ts";
import { historyRoutes } from "./history.ts";
import { ingestRoutes } from "./ingest.ts";
import { journeyRoutes } from "./journey.ts";
import { lineageRoutes } from "./lineage.ts";
import { notificationRoutes } from "./notification.ts";
import { platformRoutes } from "./platform.ts";
import { presenceRoutes } from "./presence.ts";
import { attachmentRoutes, schemaRoutes } from "./schema.ts";
import { stationRoutes } from "./station.ts";

/** Every operation of the platform, over HTTP. */
export const routes: { readonly [Name in OperationName]: Route<Name> } = {
  ...platformRoutes,
  ...stationRoutes,
  ...groupRoutes,
  ...historyRoutes,
  ...presenceRoutes,
  ...journeyRoutes,
  ...lineageRoutes,
  ...schemaRoutes,
  ...attachmentRoutes,
  ...deadLetterRoutes,
  ...userRoutes,
  ...tenantRoutes,
  ...auditRoutes,
  ...notificationRoutes,
  ...ingestRoutes,
};

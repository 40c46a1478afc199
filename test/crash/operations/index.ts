import { accountOperations } from "./accounts.ts";
import { applySetup } from "./apply.ts";
import { groupOperations } from "./groups.ts";
import type { CrashOperation } from "./operation.ts";
import { schemaOperations } from "./schemas.ts";
import { lateRecord, stationOperations } from "./stations.ts";

/** All operations whose process is killed. */
export const allOperations: readonly CrashOperation[] = [
  ...stationOperations,
  ...groupOperations,
  ...schemaOperations,
  ...accountOperations,
  applySetup,
];

/** All operations with a bug to plant. */
export const allPlants: readonly CrashOperation[] = [...allOperations, lateRecord];

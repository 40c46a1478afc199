import { CONNECTION_TYPES, type ConnectionType } from "../../options/permissions.ts";

const known: readonly string[] = CONNECTION_TYPES;

/**
 * Whether somebody may come in by a door. No types at all are all of them; types that are not known here are passed over,
 * but a list of nothing else lets nobody in.
 */
export function mayUseDoor(allowed: readonly string[], door: ConnectionType): boolean {
  return allowed.length === 0 || allowed.some((type) => type.toUpperCase() === door);
}

/** Whether at least one of the types is known, or there are none. */
export function hasKnownType(allowed: readonly string[]): boolean {
  return allowed.length === 0 || allowed.some((type) => known.includes(type.toUpperCase()));
}

import { formatDurationMs, parseDurationMs } from "../units/index.ts";

/**
 * When what was written reaches the disk, and so what an acknowledgement is worth.
 *
 * - `always`: before it is acknowledged. A crash loses nothing that was acknowledged.
 * - `interval`: at most so many milliseconds later. A crash of the machine loses up to that much.
 * - `never`: when the operating system sees fit. A crash of the machine loses what it had not written.
 */
export type SyncMode =
  | { readonly mode: "always" }
  | { readonly mode: "interval"; readonly intervalMs: number }
  | { readonly mode: "never" };

const INTERVAL_MS_MAX = 3_600_000;

/** Reads `always`, `never`, `interval:100` (milliseconds) or `interval:2s`; `undefined` for anything else. */
export function parseSyncMode(text: string): SyncMode | undefined {
  if (text === "always" || text === "never") return { mode: text };
  if (!text.startsWith("interval:")) return undefined;
  const interval = text.slice("interval:".length);
  const intervalMs = /^\d+$/.test(interval) ? Number(interval) : parseDurationMs(interval);
  if (intervalMs === undefined || intervalMs < 1 || intervalMs > INTERVAL_MS_MAX) return undefined;
  return { mode: "interval", intervalMs };
}

/** The form {@link parseSyncMode} reads. */
export function formatSyncMode(sync: SyncMode): string {
  return sync.mode === "interval" ? `interval:${sync.intervalMs}` : sync.mode;
}

/** What the mode means to whoever gets an acknowledgement, in a few words. */
export function describeSyncMode(sync: SyncMode): string {
  switch (sync.mode) {
    case "always":
      return "an acknowledged message is on disk";
    case "interval": {
      const interval = formatDurationMs(sync.intervalMs);
      return `a crash of the machine loses up to ${interval} of acknowledged messages`;
    }
    case "never":
      return "a crash of the machine loses what the operating system had not written";
  }
}

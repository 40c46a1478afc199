import type { Log, RecordView } from "@oxbow/log";

/**
 * Points `view` at a record, waiting for the disk if need be; false if it is gone or can't be read. The view is good
 * for the turn in which the promise resolves.
 *
 * @param wanted - `"found"`: a message that was just found, which is then read even if a newer one takes its place
 * meanwhile: who asks for the last value of a key that is written all the time gets one.
 */
export async function readRecord(
  log: Log,
  sequence: number,
  view: RecordView,
  wanted: "present" | "found" = "present",
): Promise<boolean> {
  // What a deleted log has not committed will never be.
  while (!log.isDeleted) {
    const result = wanted === "found" ? log.readStored(sequence, view) : log.read(sequence, view);
    if (result === "ready") return true;
    if (result !== "pending") return false;
    const error = await new Promise<Error | null>((resolve) => log.load(sequence, resolve));
    if (error !== null) return false;
  }
  return false;
}

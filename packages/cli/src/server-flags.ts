/**
 * Flags of V8 that a process which serves runs with.
 *
 * What a socket reads lies outside of V8's heap but counts as its memory. With a heap as small as a broker's that
 * provokes a full collection for every 12 MB read, which took a third of the CPU of a durable publish. With room in the
 * old generation, and a young one so small that it is collected often, the buffers go with the cheap collections of
 * the young generation: twice the rate at 128 bytes, and no more memory when idle. With half of this, what is under way
 * in requests over HTTP is copied again and again; with more, a message of 1 KiB costs more, and so does the start in memory.
 */
export const serverFlags: readonly string[] = [
  "--initial-old-space-size=256",
  "--max-semi-space-size=4",
];

/** Whether this process was already told how to size its heap, by us or by whoever started it. */
export function hasHeapFlags(execArgv: readonly string[], nodeOptions: string): boolean {
  return /-(old|semi)-space-size/.test([...execArgv, nodeOptions].join(" "));
}

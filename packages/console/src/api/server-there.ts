import { useSyncExternalStore } from "react";

let isThere = true;
const listeners = new Set<() => void>();

/** Says whether the server has answered what it was asked last. */
export function tellServerThere(value: boolean): void {
  if (value === isThere) return;
  isThere = value;
  for (const tell of listeners) tell();
}

/** Whether the server has answered what it was asked last. Pages ask again and again, so that it is known soon when it does. */
export function useServerThere(): boolean {
  return useSyncExternalStore(listen, () => isThere);
}

function listen(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

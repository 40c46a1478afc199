import { useThrottledCallback } from "@mantine/hooks";
import type { EntryBody, Problem } from "@oxbow/gateways/http/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { path } from "../../api/ask.ts";
import { askAgain } from "../../api/storage-questions.ts";
import { streamEvents } from "../../api/stream-events.ts";
import { bytesOf } from "../../parts/hex.ts";

/** Changes that are shown. */
const shownMax = 10;
/** How long it waits before it connects again. */
const retryMs = 1_500;
/** How often what else is shown is asked for again, however much changes. */
const againMs = 1_000;

/** A change without its value, of which only the size is kept. */
export interface Change extends Pick<EntryBody, "key" | "revision" | "time" | "operation"> {
  readonly bytes: number;
}

interface Changes {
  /** The newest first. */
  readonly changes: readonly Change[];
  readonly isOpen: boolean;
  readonly problem: string | undefined;
}

const nothing: Changes = { changes: [], isOpen: false, problem: undefined };

/** Watches a bucket for as long as it is shown, and has what is shown of it asked for again. */
export function useChanges(bucket: string, sought: string): Changes {
  const [state, setState] = useState(nothing);
  const queries = useQueryClient();
  const again = useThrottledCallback(() => void askAgain(queries, "kv"), againMs);

  useEffect(() => {
    setState(nothing);
    const left = new AbortController();
    let retry: ReturnType<typeof setTimeout> | undefined;
    let last: number | undefined;
    const isPattern = /[*>]/.test(sought);
    const follow = async (): Promise<void> => {
      // What has changed while it was not connected is not missed.
      const query = {
        ...(isPattern && { key: sought }),
        ...(last === undefined ? { from: "now" } : { revision: last + 1 }),
      };
      try {
        for await (const { event, data } of streamEvents(
          path`/kv/${bucket}/watch`,
          query,
          left.signal,
        )) {
          if (event === "problem") throw new Error((data as Problem).detail);
          if (event === "open") {
            setState((before) => ({ ...before, isOpen: true, problem: undefined }));
          }
          if (event !== "entry") continue;
          const entry = data as EntryBody;
          last = entry.revision;
          again();
          if (!isPattern && !entry.key.includes(sought)) continue;
          const { key, revision, time, operation } = entry;
          const change = { key, revision, time, operation, bytes: bytesOf(entry).length };
          setState((before) => ({
            ...before,
            changes: [change, ...before.changes].slice(0, shownMax),
          }));
        }
        throw new Error("the server has ended the watch: connecting again");
      } catch (error) {
        if (left.signal.aborted) return;
        setState((before) => ({ ...before, isOpen: false, problem: (error as Error).message }));
        retry = setTimeout(() => void follow(), retryMs);
      }
    };
    void follow();
    return () => {
      left.abort();
      clearTimeout(retry);
    };
  }, [bucket, sought, again]);
  return state;
}

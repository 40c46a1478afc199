import type { Problem } from "@oxbow/gateways/http/contract";
import { useCallback, useEffect, useRef, useState } from "react";
import { path, type Query } from "../../../api/ask.ts";
import { problemFrom } from "../../../api/problem.ts";
import { streamEvents } from "../../../api/stream-events.ts";
import type { MessageBody, SearchEnd, SearchProgress } from "../../../api/types.ts";

/** Messages that are found before somebody asks for more. */
const pageSize = 100;
/** Bytes of a payload that are shown in a list. */
const previewBytes = 600;

interface SearchState {
  readonly hits: readonly MessageBody[];
  readonly progress: SearchProgress | undefined;
  readonly end: SearchEnd | undefined;
  readonly error: Error | undefined;
  readonly isRunning: boolean;
  /** Whether it was ended by who looks. */
  readonly isStopped: boolean;
}

const nothing: SearchState = {
  hits: [],
  progress: undefined,
  end: undefined,
  error: undefined,
  isRunning: true,
  isStopped: false,
};

export interface Search extends SearchState {
  /** Goes on behind what was found. */
  readonly more: () => void;
  readonly stop: () => void;
  readonly again: () => void;
  /** Takes messages out that are there no more. */
  readonly forget: (isGone: (message: MessageBody) => boolean) => void;
}

/** Searches a station, on the server, and shows what it finds as it finds it. */
export function useSearch(station: string, query: Query, isOn: boolean): Search {
  const [state, setState] = useState(nothing);
  const running = useRef<AbortController>(undefined);
  const asked = JSON.stringify([station, query]);

  const run = useCallback(
    async (after: string | undefined, before: readonly MessageBody[]): Promise<void> => {
      running.current?.abort();
      const mine = new AbortController();
      running.current = mine;
      const [name, wanted] = JSON.parse(asked) as [string, Query];
      const isNewest = wanted["order"] !== "oldest";
      let waiting: MessageBody[] = [];
      let hits = before;
      let frame = 0;
      const paint = (change: Partial<SearchState>): void => {
        cancelAnimationFrame(frame);
        if (mine.signal.aborted) return;
        if (waiting.length > 0) hits = merged(hits, waiting, isNewest);
        waiting = [];
        const shown = hits;
        setState((state) => ({ ...state, ...change, hits: shown }));
      };
      setState({ ...nothing, hits: before });
      try {
        const events = streamEvents(
          path`/stations/${name}/search`,
          { ...wanted, after, limit: pageSize, preview: previewBytes, decode: true },
          mine.signal,
        );
        for await (const { event, data } of events) {
          if (event === "hit") {
            waiting.push(data as MessageBody);
            if (waiting.length === 1) frame = requestAnimationFrame(() => paint({}));
          } else if (event === "progress") {
            paint({ progress: data as SearchProgress });
          } else if (event === "end") {
            paint({ progress: data as SearchProgress, end: data as SearchEnd, isRunning: false });
          } else if (event === "problem") {
            throw problemFrom(data, (data as Problem).status, "");
          }
        }
        paint({ isRunning: false });
      } catch (error) {
        paint({ error: error as Error, isRunning: false });
      }
    },
    [asked],
  );

  useEffect(() => {
    if (isOn) void run(undefined, []);
    return () => running.current?.abort();
  }, [run, isOn]);

  const next = state.end?.next ?? undefined;
  return {
    ...state,
    more: () => void (next !== undefined && run(next, state.hits)),
    stop: () => {
      running.current?.abort();
      setState((shown) => ({ ...shown, isRunning: false, isStopped: true }));
    },
    again: () => void run(undefined, []),
    forget: (isGone) =>
      setState((shown) => ({ ...shown, hits: shown.hits.filter((hit) => !isGone(hit)) })),
  };
}

/** In the order of their times: partitions are searched one after the other. */
function merged(
  before: readonly MessageBody[],
  come: readonly MessageBody[],
  isNewest: boolean,
): readonly MessageBody[] {
  const all = [...before, ...come];
  const compare = (a: MessageBody, b: MessageBody): number =>
    a.time.localeCompare(b.time) || a.partition - b.partition || a.sequence - b.sequence;
  return all.sort(isNewest ? (a, b) => compare(b, a) : compare);
}

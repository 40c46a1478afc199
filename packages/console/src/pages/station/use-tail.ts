import { useEffect, useRef, useState } from "react";
import { path } from "../../api/ask.ts";
import type { MessageBody } from "../../api/types.ts";

/** Messages that are shown. */
const shownMax = 100;
/** How often what is shown changes at most: more than eyes can follow would only cost. */
const paintMs = 100;

export interface Tail {
  /** The last ones, newest first. */
  readonly messages: readonly MessageBody[];
  readonly seen: number;
  readonly problem: string | undefined;
}

const nothing: Tail = { messages: [], seen: 0, problem: undefined };

/** Follows a station for as long as it is shown. */
export function useTail(station: string, filter: string): Tail {
  const [tail, setTail] = useState(nothing);
  const waiting = useRef<MessageBody[]>([]);
  useEffect(() => {
    setTail(nothing);
    waiting.current = [];
    let seen = 0;
    const query = filter === "" ? "" : `?key=${encodeURIComponent(filter)}`;
    const events = new EventSource(`/api/v1${path`/stations/${station}/tail`}${query}`);
    events.addEventListener("message", ({ data }: MessageEvent<string>) => {
      seen++;
      waiting.current.push(JSON.parse(data) as MessageBody);
      if (waiting.current.length > shownMax) waiting.current.shift();
    });
    events.addEventListener("problem", ({ data }: MessageEvent<string>) => {
      const { detail } = JSON.parse(data) as { readonly detail: string };
      events.close();
      setTail((shown) => ({ ...shown, problem: detail }));
    });
    const timer = setInterval(() => {
      const come = waiting.current.splice(0).reverse();
      if (come.length === 0) return;
      setTail(({ messages }) => ({
        messages: [...come, ...messages].slice(0, shownMax),
        seen,
        problem: undefined,
      }));
    }, paintMs);
    return () => {
      clearInterval(timer);
      events.close();
    };
  }, [station, filter]);
  return tail;
}

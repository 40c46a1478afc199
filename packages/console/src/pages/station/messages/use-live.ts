import type { Problem } from "@oxbow/gateways/http/contract";
import { useEffect, useRef, useState } from "react";
import { path } from "../../../api/ask.ts";
import { streamEvents } from "../../../api/stream-events.ts";
import type { MessageBody, MessageSample } from "../../../api/types.ts";

/** Messages that are shown. */
const shownMax = 500;
const perSecondMax = 50;
const previewBytes = 300;
/** How long it waits before it connects again. */
const retryMs = 1_500;

export interface Live {
  /** The last ones, newest first. */
  readonly messages: readonly MessageBody[];
  /** Messages that have come since it began, and of those the ones that were shown. */
  readonly come: number;
  readonly shown: number;
  /** Of the last second. */
  readonly comePerSecond: number;
  readonly shownPerSecond: number;
  readonly problem: string | undefined;
}

const nothing: Live = {
  messages: [],
  come: 0,
  shown: 0,
  comePerSecond: 0,
  shownPerSecond: 0,
  problem: undefined,
};

/**
 * Follows a station for as long as it is shown. The server sends a sample of what comes, and says how many there are;
 * what has come is shown once in a frame.
 */
export function useLive(station: string, key: string | undefined, isPaused: boolean): Live {
  const [live, setLive] = useState(nothing);
  const waiting = useRef<MessageSample[]>([]);
  const paused = useRef(isPaused);
  paused.current = isPaused;

  useEffect(() => {
    setLive(nothing);
    waiting.current = [];
    const left = new AbortController();
    let frame = 0;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let second = { come: 0, shown: 0 };

    const paint = (): void => {
      frame = 0;
      if (paused.current || waiting.current.length === 0) return;
      const samples = waiting.current.splice(0);
      setLive((before) => {
        const come = samples.reduce((sum, each) => sum + each.come, 0);
        const news = samples.flatMap(({ shown }) => shown).reverse();
        return {
          ...before,
          messages: [...news, ...before.messages].slice(0, shownMax),
          come: before.come + come,
          shown: before.shown + news.length,
          problem: undefined,
        };
      });
    };
    const follow = async (): Promise<void> => {
      const query = { key, perSecondMax, preview: previewBytes, decode: true };
      try {
        const events = streamEvents(path`/stations/${station}/tail`, query, left.signal);
        for await (const { event, data } of events) {
          if (event === "problem") throw new Error((data as Problem).detail);
          if (event !== "messages") continue;
          const sample = data as MessageSample;
          second = {
            come: second.come + sample.come,
            shown: second.shown + sample.shown.length,
          };
          waiting.current.push(sample);
          // While it is paused only the last ones are kept.
          if (waiting.current.length > shownMax) waiting.current.shift();
          if (frame === 0) frame = requestAnimationFrame(paint);
        }
        throw new Error("the server has ended the tail: connecting again");
      } catch (error) {
        if (left.signal.aborted) return;
        setLive((before) => ({ ...before, problem: (error as Error).message }));
        retry = setTimeout(() => void follow(), retryMs);
      }
    };
    const rates = setInterval(() => {
      const { come, shown } = second;
      second = { come: 0, shown: 0 };
      setLive((before) =>
        before.comePerSecond === come && before.shownPerSecond === shown
          ? before
          : { ...before, comePerSecond: come, shownPerSecond: shown },
      );
      if (frame === 0) frame = requestAnimationFrame(paint);
    }, 1_000);
    void follow();
    return () => {
      left.abort();
      clearInterval(rates);
      clearTimeout(retry);
      cancelAnimationFrame(frame);
    };
  }, [station, key]);
  return live;
}

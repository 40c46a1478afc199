import type { Clock } from "@oxbow/base";

/** The clock of the process. */
export const processClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, fire) => {
    const timer = setTimeout(fire, Math.min(delayMs, 2 ** 31 - 1));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  afterTurn: (run) => {
    setImmediate(run);
  },
};

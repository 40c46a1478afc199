import type { ResolvedEngineOptions } from "../engine-options.ts";
import { engineError } from "../errors.ts";
import type { JetStreams } from "../jetstream/jetstreams.ts";
import type { ReloadPart } from "./reload-part.ts";

/** Takes up which accounts have JetStream, and how much of it; what an account has already stays. */
export function jetstreamPart(enable: (after: ResolvedEngineOptions) => Promise<void>): ReloadPart {
  return {
    options: ["accounts", "accounts.jetstream", "accounts.jetstreamTiers"],
    prepare: (after) => () => enable(after),
  };
}

/** Takes up the bounds of JetStream on this server. Room that was promised is not taken away. */
export function jetstreamLimitsPart(jetstreams: () => JetStreams | undefined): ReloadPart {
  return {
    options: [
      "jetstream.memoryBytesMax",
      "jetstream.storageBytesMax",
      "jetstream.ackPendingMax",
      "jetstream.requestBatchMax",
      "jetstream.duplicateWindowMsMax",
      "jetstream.batch",
    ],
    prepare: ({ jetstream }, { jetstream: before }) => {
      const isRunning = before.enabled && jetstream.enabled;
      const takesRoom =
        isLess(jetstream.memoryBytesMax, before.memoryBytesMax) ||
        isLess(jetstream.storageBytesMax, before.storageBytesMax);
      if (isRunning && takesRoom) {
        throw engineError(
          "ENGINE_OPTION_INVALID",
          "config reload not supported for decreasing jetstream max memory and store",
        );
      }
      return () => jetstreams()?.setLimits(jetstream);
    },
  };
}

/** Whether a limit is lower than another, where -1 is none. */
function isLess(after: number, before: number): boolean {
  return after >= 0 && (before < 0 || after < before);
}

/** Opens JetStream for all accounts that may use it, or closes it; what is stored stays. */
export function jetstreamSwitchPart(
  open: (after: ResolvedEngineOptions) => Promise<void>,
  close: () => Promise<void>,
): ReloadPart {
  return {
    options: ["jetstream.enabled"],
    prepare: (after) => () => (after.jetstream.enabled ? open(after) : close()),
  };
}

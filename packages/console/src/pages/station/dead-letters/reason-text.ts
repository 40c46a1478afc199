import type { DeadLetter } from "../../../api/types.ts";

/** Why a message is a dead letter, in words. */
export function reasonText({ reason, attempts }: Pick<DeadLetter, "reason" | "attempts">): string {
  switch (reason) {
    case "exhausted":
      return `delivered ${attempts ?? "too many"} times`;
    case "terminated":
      return "given up";
    case "refused":
      return "not let in";
  }
}

import type { OperationName } from "oxbow/control";
import type { NewPassword, Step } from "./step.ts";

/**
 * The moments between two writes at which the process may die. Tests stop it there; each name says what was done last: a
 * request to the platform, or that a password was told which is not in force yet.
 */
export type ApplyPoint = OperationName | "password.told";

/** Who is told of what. What one waits for or throws, the work does. */
export interface ApplyListener {
  /** Before a step is taken. */
  onStep?(step: Step): void | Promise<void>;
  /** Before a password that was made is in force. */
  onPassword?(made: NewPassword): void | Promise<void>;
  /** Between two writes. */
  onPoint?(point: ApplyPoint): void | Promise<void>;
}

/** Does what a plan says, one step after the other. */
export async function runSteps(
  steps: readonly Step[],
  listener: ApplyListener = {},
): Promise<void> {
  for (const step of steps) {
    await listener.onStep?.(step);
    await step.run(async (made) => {
      await listener.onPassword?.(made);
      await listener.onPoint?.("password.told");
    });
    await listener.onPoint?.(step.operation);
  }
}

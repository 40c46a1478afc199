export { exportSetup } from "./export-setup.ts";
export { type PlanOptions, planOf } from "./plan.ts";
export { type ApplyListener, type ApplyPoint, runSteps } from "./run-steps.ts";
export { readSetup, type Setup } from "./setup.ts";
export type { NewPassword, Step } from "./step.ts";

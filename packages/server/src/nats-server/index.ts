export { configKeys } from "./config/keys.ts";
export { runNatsServer } from "./run.ts";

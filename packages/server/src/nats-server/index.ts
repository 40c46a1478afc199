export { runNatsServer } from "./run.ts";

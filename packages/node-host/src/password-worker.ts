import { parentPort } from "node:worker_threads";
import { passwordMatches } from "./password-matches.ts";

/** What the thread is asked; it answers with a boolean. */
export interface PasswordQuestion {
  readonly password: string;
  readonly hash: string;
}

parentPort?.on("message", ({ password, hash }: PasswordQuestion) => {
  parentPort?.postMessage(passwordMatches(password, hash));
});

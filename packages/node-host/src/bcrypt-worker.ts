import { parentPort } from "node:worker_threads";
import { bcryptMatches } from "./bcrypt.ts";

/** What the thread is asked; it answers with a boolean. */
export interface BcryptQuestion {
  readonly password: string;
  readonly hash: string;
}

parentPort?.on("message", ({ password, hash }: BcryptQuestion) => {
  parentPort?.postMessage(bcryptMatches(password, hash));
});

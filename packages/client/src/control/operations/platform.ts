import type { Nothing, PlatformInfo } from "../types/common.ts";
import { type Entries, none, type Operation, read } from "./operation.ts";

/** What is asked about platform. */
export interface PlatformOperations {
  "platform.info": Operation<[], Nothing, PlatformInfo>;
}

export const platformOperations: Entries<PlatformOperations> = {
  "platform.info": {
    ...read,
    subject: "PLATFORM.INFO",
    names: [],
    summary: "tells who answers, and which version of this contract",
    request: none,
    response: "PlatformInfo",
  },
};

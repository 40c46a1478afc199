import type {
  Caller,
  Nothing,
  PlatformInfo,
  PlatformTotals,
  TotalsRequest,
} from "../types/common.ts";
import { type Entries, none, type Operation, read } from "./operation.ts";

/** What is asked about platform. */
export interface PlatformOperations {
  "platform.info": Operation<[], Nothing, PlatformInfo>;
  "platform.caller": Operation<[], Nothing, Caller>;
  "platform.totals": Operation<[], TotalsRequest, PlatformTotals>;
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
  "platform.caller": {
    ...read,
    subject: "PLATFORM.CALLER",
    names: [],
    summary: "tells who asks, and what it may do",
    request: none,
    response: "Caller",
  },
  "platform.totals": {
    ...read,
    subject: "PLATFORM.TOTALS",
    names: [],
    summary: "tells what there is in all, and what of it is half done",
    request: "TotalsRequest",
    response: "PlatformTotals",
  },
};

import type { AttentionList } from "../types/attention.ts";
import type {
  Caller,
  Nothing,
  Page,
  PageRequest,
  PlatformInfo,
  PlatformTotals,
  TotalsRequest,
} from "../types/common.ts";
import type { StationMetrics } from "../types/metrics.ts";
import { type Entries, none, type Operation, read } from "./operation.ts";

/** What is asked about platform. */
export interface PlatformOperations {
  "platform.info": Operation<[], Nothing, PlatformInfo>;
  "platform.caller": Operation<[], Nothing, Caller>;
  "platform.attention": Operation<[], Nothing, AttentionList>;
  "platform.metrics": Operation<[], PageRequest, Page<StationMetrics>>;
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
  "platform.attention": {
    ...read,
    subject: "PLATFORM.ATTENTION",
    names: [],
    summary: "tells which stations and groups somebody should look at",
    request: none,
    response: "AttentionList",
  },
  "platform.metrics": {
    ...read,
    subject: "PLATFORM.METRICS",
    names: [],
    summary: "tells all stations and groups in numbers, for monitoring",
    request: "PageRequest",
    response: "Page<StationMetrics>",
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

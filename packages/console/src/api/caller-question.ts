import { queryOptions } from "@tanstack/react-query";
import type { Caller } from "oxbow/control";
import { ask } from "./ask.ts";

/** Who is logged in as the platform sees it, and what it may do. */
export const callerQuestion = queryOptions({
  queryKey: ["caller"],
  queryFn: () => ask<Caller>("GET", "/caller"),
  staleTime: 30_000,
});

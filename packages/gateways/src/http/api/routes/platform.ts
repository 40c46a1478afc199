import type { Routes } from "../route.ts";
import { caller, platformInfo } from "../shapes/common.ts";

export const platformRoutes: Routes<"platform"> = {
  "platform.info": { method: "GET", path: "/platform", answer: platformInfo },
  "platform.caller": { method: "GET", path: "/caller", answer: caller },
};

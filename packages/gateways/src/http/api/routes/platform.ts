import type { Routes } from "../route.ts";
import { platformInfo } from "../shapes/common.ts";

export const platformRoutes: Routes<"platform"> = {
  "platform.info": { method: "GET", path: "/platform", answer: platformInfo },
};

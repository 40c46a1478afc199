/** A platform in a process of its own, beside the server whose URL its parent tells it once. It says when it answers. */
import { once } from "node:events";
import { openPlatform } from "./open-platform.ts";

const [url] = (await once(process, "message")) as [string];
await openPlatform(url);
// Without its parent there is nobody to work for.
process.once("disconnect", () => process.exit());
process.send?.("open");

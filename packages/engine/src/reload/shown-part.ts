import type { ServerInfo } from "../connection/server-info.ts";
import type { ReloadPart } from "./reload-part.ts";

/** Options that are only shown: whoever shows them asks the engine for its options, and events what it says of itself. */
export function shownPart(info: ServerInfo): ReloadPart {
  return {
    options: ["tags", "metadata"],
    prepare: ({ tags, metadata }) => {
      return () => {
        info.labels = { tags, metadata };
      };
    },
  };
}

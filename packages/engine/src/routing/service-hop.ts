import type { MessageView } from "./message.ts";
import type { ServiceExport } from "./service-export.ts";

/** A service import, or an answer's way back, that a message has come through. */
export interface ServiceHop {
  readonly service: ServiceExport;
  /** Whether who asked is told in full. */
  readonly isShared: boolean;
  /** The message as it was published, with its own payload and reply subject. */
  readonly published: MessageView;
  /** The one before it. */
  readonly previous: ServiceHop | undefined;
}

/** Whether a message that came by `via` has been through the service already, so that it goes round in circles. */
export function hasPassed(via: ServiceHop | undefined, service: ServiceExport): boolean {
  for (let hop = via; hop !== undefined; hop = hop.previous) {
    if (hop.service === service) return true;
  }
  return false;
}

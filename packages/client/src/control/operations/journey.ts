import type { Journey, JourneyRequest } from "../types/journey.ts";
import { type Entries, type Operation, ofStation, read } from "./operation.ts";

/** What is asked about single messages. */
export interface JourneyOperations {
  "message.journey": Operation<["station"], JourneyRequest, Journey>;
}

export const journeyOperations: Entries<JourneyOperations> = {
  "message.journey": {
    ...read,
    subject: "MESSAGE.JOURNEY",
    names: ofStation,
    summary:
      "tells who produced a message, what it came from, what became of it in each group, and what came from it",
    request: "JourneyRequest",
    response: "Journey",
  },
};

import { queryOptions } from "@tanstack/react-query";
import { ask, path } from "./ask.ts";
import type { DecodedMessages, EncodedMessages } from "./types.ts";

/** Texts of JSON as messages of a station, by the schema that it uses. */
export function encode(station: string, texts: readonly string[]): Promise<EncodedMessages> {
  return ask("POST", path`/stations/${station}/encode`, { body: { texts } });
}

/** What a payload says by the schema of a station; `null` if it fits none of its versions. */
export function decodedQuestion(station: string, payload: string) {
  return queryOptions({
    queryKey: ["station", station, "decoded", payload],
    queryFn: async () => {
      const body = { payloads: [payload] };
      const { messages } = await ask<DecodedMessages>("POST", path`/stations/${station}/decode`, {
        body,
      });
      return messages[0] ?? null;
    },
    gcTime: 10_000,
    retry: false,
  });
}

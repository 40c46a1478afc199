import type { MappingOptions } from "../options/accounts.ts";

/** What follows `$JS.<domain>.API.`, and the subject it stands for. */
const subjects: readonly (readonly [string, string])[] = [
  ["INFO", "$JS.API.INFO"],
  ["STREAM.>", "$JS.API.STREAM.>"],
  ["CONSUMER.>", "$JS.API.CONSUMER.>"],
  ["DIRECT.>", "$JS.API.DIRECT.>"],
  ["META.>", "$JS.API.META.>"],
  ["SERVER.>", "$JS.API.SERVER.>"],
  ["ACCOUNT.>", "$JS.API.ACCOUNT.>"],
  ["$KV.>", "$KV.>"],
  ["$OBJ.>", "$OBJ.>"],
];

/** The mappings by which an account reaches the JetStream of its own server under the name of the domain. */
export function domainMappings(domain: string): MappingOptions[] {
  return subjects.map(([suffix, subject]) => ({
    source: `$JS.${domain}.API.${suffix}`,
    destinations: [{ subject, weightPercent: 100 }],
  }));
}

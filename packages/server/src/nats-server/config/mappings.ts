import type { MappingDestination, MappingOptions } from "@oxbow/engine";
import { type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import type { Mutable } from "./draft.ts";
import { readPercent } from "./percent.ts";
import { aliases, attempt, type Fields, type Reading, readMap } from "./reading.ts";
import { isValidSubject } from "./subjects.ts";
import { readMapValue, text, unfit } from "./values.ts";

type DestinationDraft = Partial<Mutable<MappingDestination>>;

const destinationFields: Fields<DestinationDraft> = {
  ...aliases(
    ["dest", "destination"],
    text((destination, value) => {
      destination.subject = value;
    }),
  ),
  weight: (destination, value) => {
    destination.weightPercent = readPercent(value, "weight", 0, (written) => {
      return `Invalid weight "${written}" for mapping destination`;
    });
  },
  cluster: text((destination, value) => {
    destination.cluster = value;
  }),
};

/** `mappings { source: destination }`, where a destination is a subject, one with a weight, or an array of those. */
export function readMappings(value: ConfValue, reading: Reading): MappingOptions[] {
  const mappings: MappingOptions[] = [];
  for (const { key, keyPosition, value: target } of readMapValue(value, "mappings").values()) {
    if (!isValidSubject(key)) {
      reading.findings.error(keyPosition, `Subject "${key}" is not a valid subject`);
      continue;
    }
    const destinations = attempt(reading, () => readDestinations(target, reading)) ?? [];
    if (destinations.length > 0) mappings.push({ source: key, destinations });
  }
  return mappings;
}

function readDestinations(value: ConfValue, reading: Reading): readonly MappingDestination[] {
  switch (value.kind) {
    case "string":
      return [{ subject: value.value, weightPercent: 100 }];
    case "array":
      return value.items.flatMap((item) => readDestination(item, reading) ?? []);
    default:
      return [readDestination(value, reading) ?? []].flat();
  }
}

function readDestination(value: ConfValue, reading: Reading): MappingDestination | undefined {
  if (value.kind !== "map") {
    const kind = describeConfKind(value);
    throw unfit(value, `Expected an entry for the mapping destination, not ${kind}`);
  }
  const draft: DestinationDraft = {};
  const unknown = (key: string): string => `Unknown field "${key}" for mapping destination`;
  if (!readMap(value.entries, destinationFields, draft, reading, unknown)) return undefined;
  const { subject = "", weightPercent, cluster } = draft;
  if (weightPercent === undefined) {
    throw unfit(value, `Missing weight for mapping destination "${subject}"`);
  }
  return { subject, weightPercent, cluster };
}

import type { ApiDocument, Shape } from "./document.ts";

/** How far what stands within what is looked for, before there is something to show. */
const withinMax = 8;
/** Patterns that are longer help nobody. */
const patternMax = 60;
const listedMax = 12;

/** A shape that has fields. */
export interface Part {
  /** As the document calls it; `undefined` where it has no name. */
  readonly name: string | undefined;
  readonly shape: Shape;
}

/** The name of what a shape refers to. */
export function nameOf({ $ref }: Shape): string | undefined {
  return $ref?.split("/").at(-1);
}

/** What a value is, in a few words: `list of Station`. */
export function typeText(shape: Shape): string {
  const { const: only, items, type, format, additionalProperties, properties } = shape;
  const name = nameOf(shape);
  if (name !== undefined) return name;
  if (only !== undefined) return JSON.stringify(only);
  const several = shape.anyOf ?? shape.oneOf;
  if (several !== undefined) return [...new Set(several.map(typeText))].join(" or ");
  if (items !== undefined) return `list of ${typeText(items)}`;
  if (typeof additionalProperties === "object" && properties === undefined) {
    return `map of ${typeText(additionalProperties)}`;
  }
  if (type === undefined) return "anything";
  const types = [type].flat().join(" or ");
  return format === undefined ? types : `${types} (${format})`;
}

/** What else is demanded of a value, each in a few words. */
export function boundsOf(shape: Shape): readonly string[] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = shape;
  const said = (shape.anyOf ?? shape.oneOf ?? []).flatMap((each) => boundsOf(each));
  return [
    ...said,
    ...between(minimum, maximum, ""),
    ...between(minLength, maxLength, " characters"),
    ...between(minItems, maxItems, " items"),
    ...(shape.enum === undefined ? [] : valuesOf(shape)),
    ...(pattern === undefined || pattern.length > patternMax ? [] : [`matches ${pattern}`]),
    ...(shape.default === undefined ? [] : [`default ${JSON.stringify(shape.default)}`]),
  ];
}

/** The values that there are, where they are few. */
export function valuesOf(shape: Shape): readonly string[] {
  if (shape.enum !== undefined) return [`one of ${listed(shape.enum)}`];
  return (shape.anyOf ?? shape.oneOf ?? []).flatMap(valuesOf);
}

function listed(values: readonly unknown[]): string {
  const more = values.length - listedMax;
  const shown = values.slice(0, listedMax).map((value) => JSON.stringify(value));
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** Every whole number that JavaScript has is no bound. */
function between(low: number | undefined, high: number | undefined, of: string): string[] {
  const least = low === undefined || low <= Number.MIN_SAFE_INTEGER ? undefined : low;
  const most = high === undefined || high >= Number.MAX_SAFE_INTEGER ? undefined : high;
  const text = (bound: number): string => bound.toLocaleString("en");
  if (least !== undefined && most !== undefined) {
    return [least === most ? `${text(least)}${of}` : `${text(least)} to ${text(most)}${of}`];
  }
  if (least !== undefined) return [`at least ${text(least)}${of}`];
  return most === undefined ? [] : [`at most ${text(most)}${of}`];
}

/** The shapes with fields that a shape is, has items of, or is one of. */
export function partsWithin(
  shape: Shape,
  schemas: ApiDocument["components"]["schemas"],
  depth = 0,
): readonly Part[] {
  if (depth > withinMax) return [];
  const go = (next: Shape): readonly Part[] => partsWithin(next, schemas, depth + 1);
  const name = nameOf(shape);
  if (name !== undefined) {
    const found = go(schemas[name] ?? {});
    return found.map((part) => ({ ...part, name: part.name ?? name }));
  }
  const { items, additionalProperties } = shape;
  return [
    ...(Object.keys(shape.properties ?? {}).length > 0 ? [{ name: undefined, shape }] : []),
    ...[...(shape.anyOf ?? []), ...(shape.oneOf ?? []), ...(shape.prefixItems ?? [])].flatMap(go),
    ...(items === undefined ? [] : go(items)),
    ...(typeof additionalProperties === "object" ? go(additionalProperties) : []),
  ];
}

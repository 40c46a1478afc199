import { type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import { unfit } from "./values.ts";

/** A share from `min` to 100, written as a number or as text with or without `%`. `invalid` makes the error's text. */
export function readPercent(
  value: ConfValue,
  name: string,
  min: number,
  invalid: (text: string) => string,
): number {
  if (value.kind !== "integer" && value.kind !== "string") {
    throw unfit(value, `${name} needs an integer or a percentage, not ${describeConfKind(value)}`);
  }
  const text = String(value.value);
  const digits = text.replace(/%$/, "");
  const percent = /^[+-]?\d+$/.test(digits) ? Number(digits) : Number.NaN;
  if (percent >= min && percent <= 100) return percent;
  throw unfit(value, invalid(text));
}

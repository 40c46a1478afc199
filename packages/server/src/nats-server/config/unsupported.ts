import type { ConfValue } from "@oxbow/wire/nats-conf";
import type { Field } from "./reading.ts";
import { unfit } from "./values.ts";

/** A key that is refused, unless it switches something off. `instead` says what to do. */
export function unsupported<Target>(instead: string): Field<Target> {
  return (_target, value, _reading, entry) => {
    if (isOff(value)) return;
    throw unfit(value, `${entry.key}: not supported: ${instead}`);
  };
}

/** A key that is passed over, which the log says. `why` explains that nothing is lost. */
export function withoutEffect<Target>(why: string): Field<Target> {
  return (_target, value, reading, entry) => {
    if (!isOff(value)) reading.findings.note(`${entry.key} has no effect: ${why}`);
  };
}

function isOff(value: ConfValue): boolean {
  switch (value.kind) {
    case "boolean":
      return !value.value;
    case "integer":
    case "float":
      return value.value === 0;
    case "string":
      return value.value === "" || /^(off|disabled?|none|never)$/i.test(value.value);
    case "map":
      return value.entries.size === 0;
    case "array":
      return value.items.length === 0;
    case "date":
      return false;
  }
}

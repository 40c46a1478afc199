import { Refusal } from "./refusal.ts";

const charsMax = 128;

/** What a name is for, as SDKs show it. */
export type NameKind = "Station" | "Producer" | "Consumer" | "Schema";

/**
 * A name as it is kept: in lower case.
 *
 * @throws Refusal
 */
export function memphisName(kind: NameKind, given: string): string {
  const name = given.toLowerCase();
  if (name === "") throw new Refusal(`${kind} name can not be empty`);
  if (name.length > charsMax) throw new Refusal(`${kind} should be under 128 characters`);
  if (!/^[a-z0-9_.-]*$/.test(name)) {
    throw new Refusal(`Only alphanumeric and the '_', '-', '.' characters are allowed in ${kind}`);
  }
  if (!/^[a-z0-9](?:.*[a-z0-9])?$/.test(name)) {
    throw new Refusal(`${kind} name can not start or end with non alphanumeric character`);
  }
  return name;
}

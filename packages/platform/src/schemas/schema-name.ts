import { checkedName } from "oxbow/internal";

/**
 * The name of a schema as it is kept: in lower case.
 *
 * @param name - As of a station: 1 to 128 letters, digits, `_`, `-` and `.`, with a letter or digit first and last.
 * @throws OxbowError `SCHEMA_INVALID`
 */
export function schemaName(name: string): string {
  return checkedName(name, "schema");
}

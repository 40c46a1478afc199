import { checkedName } from "../names.ts";

/**
 * The name of a group as it is kept: in lower case.
 *
 * @param name - As of a station: 1 to 128 letters, digits, `_`, `-` and `.`, with a letter or digit first and last.
 * @throws OxbowError `GROUP_INVALID`
 */
export function groupName(name: string): string {
  return checkedName(name, "group");
}

/**
 * The name of the consumers that a group is: a dot would end a token of a subject, so it is `#`.
 *
 * @param name - As {@link groupName} gives it.
 */
export function consumerName(name: string): string {
  return name.replaceAll(".", "#");
}

/**
 * The consumers that may be meant: one that a plain client gave just this name, or those of the group.
 *
 * @throws OxbowError `GROUP_INVALID` for a name that neither can have
 */
export function consumerNames(name: string): string[] {
  // What ends a token of a subject or is a wildcard is in no name of a consumer.
  const isPlain = name.length > 0 && name.length <= 255 && !/[\s.*>/\\]/.test(name);
  if (!isPlain) return [consumerName(groupName(name))];
  return [...new Set([name, consumerName(name.toLowerCase())])];
}

/** An account's name as it stands in keys, whose parts are separated by slashes. */
export function accountKey(name: string): string {
  return name.replaceAll("%", "%25").replaceAll("/", "%2F");
}

/** The cookies of a header (RFC 6265, section 5.4) by name. Of several with one name the last counts. */
export function readCookies(header: string): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    const name = pair.slice(0, Math.max(equals, 0)).trim();
    const value = pair.slice(equals + 1).trim();
    if (name !== "") cookies.set(name, value.replace(/^"(.*)"$/s, "$1"));
  }
  return cookies;
}

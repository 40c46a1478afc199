/** A range of addresses: all whose first `prefixLength` bits are those of `bytes`. */
export interface Network {
  /** 4 bytes, or 16. */
  readonly bytes: readonly number[];
  readonly prefixLength: number;
}

/** Reads a range in CIDR notation (`10.0.0.0/8`, `fe80::/10`); `undefined` if it is none. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const bytes = parseAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (bytes === undefined || !/^\d{1,3}$/.test(length)) return undefined;
  const prefixLength = Number(length);
  return prefixLength > bytes.length * 8 ? undefined : { bytes, prefixLength };
}

/** Whether an address lies in a range. An IPv4 address is also one when it is written as `::ffff:1.2.3.4`. */
export function isInNetwork(address: string, network: Network): boolean {
  const parsed = parseAddress(address);
  if (parsed === undefined) return false;
  const bytes = asVersion4(parsed);
  const base =
    network.bytes.length === 16 && network.prefixLength >= 96
      ? asVersion4(network.bytes)
      : network.bytes;
  if (bytes.length !== base.length) return false;
  const prefixLength = network.prefixLength - (network.bytes.length - base.length) * 8;
  for (let bit = 0; bit < prefixLength; bit += 8) {
    const mask = prefixLength - bit >= 8 ? 0xff : (0xff << (8 - (prefixLength - bit))) & 0xff;
    const index = bit / 8;
    if ((((bytes[index] as number) ^ (base[index] as number)) & mask) !== 0) return false;
  }
  return true;
}

/** The 4 bytes of an IPv4 address, also of one that is mapped into IPv6; else `bytes` as they are. */
function asVersion4(bytes: readonly number[]): readonly number[] {
  if (bytes.length !== 16) return bytes;
  const isMapped =
    bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.slice(12) : bytes;
}

/** The bytes of an address, 4 or 16; `undefined` if `text` is none. Zones (`%eth0`) are none. */
export function parseAddress(text: string): readonly number[] | undefined {
  return text.includes(":") ? parseVersion6(text) : parseVersion4(text);
}

function parseVersion4(text: string): number[] | undefined {
  const parts = text.split(".");
  // No leading zeros: some read them as octal.
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part)))
    return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseVersion6(text: string): number[] | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = "", tail] = halves;
  const first = parseGroups(head, tail === undefined);
  const last = tail === undefined ? [] : parseGroups(tail, true);
  if (first === undefined || last === undefined) return undefined;
  const missing = 16 - first.length - last.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  return [...first, ...new Array<number>(missing).fill(0), ...last];
}

/** The bytes of groups between colons; the last one may be an IPv4 address if `isEnd`. */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    if (isEnd && index === groups.length - 1 && group.includes(".")) {
      const embedded = parseVersion4(group);
      if (embedded === undefined) return undefined;
      bytes.push(...embedded);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

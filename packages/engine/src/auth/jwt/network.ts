import { isMappedIpv4, parseAddress } from "@oxbow/wire/proxy-protocol";

/** A range of addresses: all whose first `prefixLength` bits are those of `bytes`. */
export interface Network {
  /** 4 bytes, or 16. */
  readonly bytes: Uint8Array;
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
function asVersion4(bytes: Uint8Array): Uint8Array {
  return bytes.length === 16 && isMappedIpv4(bytes) ? bytes.subarray(12) : bytes;
}

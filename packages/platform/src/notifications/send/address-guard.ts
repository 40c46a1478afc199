import { lookup } from "node:dns/promises";
import ipaddr from "ipaddr.js";
import { platformError } from "oxbow/internal";
import { SendFailure } from "./send-failure.ts";

/** Which addresses of the operator's own network notifications may go to, and how names are resolved. */
export interface AddressGuardOptions {
  /** Addresses, `127.0.0.1`, or networks, `10.1.0.0/16`, that are not public and may be connected to all the same. */
  readonly allowed?: readonly string[];
  /** Resolves a name to its addresses; by default as the system does. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** An address that was checked. */
export interface CheckedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Public addresses by which the inside of a cloud is reached: what Azure tells its machines. */
const publicMetadata: readonly string[] = ["168.63.129.16"];
/** What the registries give out; all else of IPv6 is for something special. */
const globalUnicast: Network = ipaddr.parseCIDR("2000::/3");

/**
 * Decides where notifications may go. Who may make a channel must not reach by it what only the server reaches: its own
 * machine and network, and what clouds tell their machines. Names are resolved here, and connections go to the address
 * that was checked, so that a name which means something else a moment later changes nothing.
 */
export class AddressGuard {
  readonly #allowed: readonly Network[];
  readonly #resolve: (host: string) => Promise<readonly string[]>;

  /** @throws OxbowError `NOTIFICATION_INVALID` for what is no address and no network */
  constructor({ allowed = [], resolve = resolveBySystem }: AddressGuardOptions = {}) {
    this.#allowed = allowed.map(networkOf);
    this.#resolve = resolve;
  }

  /**
   * The address that a host is to be reached by.
   *
   * @throws SendFailure if it has none, or one that is not allowed
   */
  async addressOf(host: string): Promise<CheckedAddress> {
    const literal = host.replace(/^\[(.*)\]$/, "$1");
    const found = ipaddr.isValid(literal) ? [literal] : await this.#resolved(host);
    const addresses = found.map(parsed);
    // All of them: else it depended on luck which one is used.
    for (const address of addresses) {
      if (address === undefined || !this.#isAllowed(address)) throw refused(host);
    }
    const [first] = addresses;
    if (first === undefined) throw new SendFailure(`${host} has no address`, false);
    return { address: first.toString(), family: first.kind() === "ipv4" ? 4 : 6 };
  }

  async #resolved(host: string): Promise<readonly string[]> {
    try {
      return await this.#resolve(host);
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      const said = typeof code === "string" ? ` (${code})` : "";
      throw new SendFailure(`the address of ${host} can't be found${said}`, false);
    }
  }

  #isAllowed(address: Address): boolean {
    return isPublic(address) || this.#allowed.some((network) => isIn(address, network));
  }
}

function refused(host: string): SendFailure {
  const text = `${host} is an address of a private network, of this machine or of no one, which notifications may not go to unless the operator of the server allows it: oxbow start --notify-allow`;
  return new SendFailure(text, true);
}

/** IPv4 that is written as IPv6 is IPv4. */
function parsed(text: string): Address | undefined {
  return ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
}

function isPublic(address: Address): boolean {
  if (address.range() !== "unicast" || publicMetadata.includes(address.toString())) return false;
  return address.kind() === "ipv4" || isIn(address, globalUnicast);
}

function isIn(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match(network as ipaddr.IPv4, bits);
}

/** @throws OxbowError `NOTIFICATION_INVALID` */
export function networkOf(text: string): Network {
  try {
    if (text.includes("/")) return ipaddr.parseCIDR(text);
    const address = ipaddr.process(text);
    return [address, address.kind() === "ipv4" ? 32 : 128];
  } catch (error) {
    const message = `${JSON.stringify(text)} is no address and no network: write 127.0.0.1 or 10.1.0.0/16`;
    throw platformError("NOTIFICATION_INVALID", message, { cause: error });
  }
}

async function resolveBySystem(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

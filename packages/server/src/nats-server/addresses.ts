import { networkInterfaces } from "node:os";

/** `host:port`, with brackets around an IPv6 address. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * URLs at which a listener can be reached: where it listens on every address, one for each that this machine has,
 * the loopback first.
 */
export function listenerUrls(scheme: string, host: string, port: number): string[] {
  const hosts = host === "0.0.0.0" || host === "::" ? machineAddresses() : [host];
  return hosts.map((address) => `${scheme}://${joinHostPort(address, port)}`);
}

function machineAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  const order = (isInternal: boolean, family: string): number =>
    (isInternal ? 0 : 2) + (family === "IPv4" ? 0 : 1);
  return all
    .sort((a, b) => order(a.internal, a.family) - order(b.internal, b.family))
    .map(({ address }) => address);
}

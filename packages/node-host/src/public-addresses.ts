import os from "node:os";

/** Addresses of this machine's interfaces that mean something to other machines. */
export function publicAddresses(): readonly string[] {
  const addresses: string[] = [];
  for (const entries of Object.values(os.networkInterfaces())) {
    for (const { address, internal, family } of entries ?? []) {
      if (!internal && !isLinkLocal(address, family)) addresses.push(address);
    }
  }
  return addresses;
}

/** 169.254.0.0/16 and fe80::/10, which need not be unique. */
function isLinkLocal(address: string, family: string): boolean {
  if (family === "IPv4") return address.startsWith("169.254.");
  return /^fe[89ab]/i.test(address);
}

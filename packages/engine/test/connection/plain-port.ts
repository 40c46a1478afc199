import type { PortInfo } from "../../src/connection/door.ts";

/** A port without encryption. */
export const plainPort: PortInfo = {
  host: "127.0.0.1",
  port: 4222,
  isTlsRequired: false,
  isTlsAvailable: false,
  isTlsVerified: false,
};

import { engineError } from "../errors.ts";
import type { ListenAddress } from "../options/transports.ts";

const portMax = 65_535;

/**
 * The address that clients are told: that of `advertise` (`host` or `host:port`, IPv6 in brackets), or where a port
 * listens.
 *
 * @param name - The option's name, for the error.
 * @throws `ENGINE_OPTION_INVALID`
 */
export function advertisedAddress(
  name: string,
  advertise: string | undefined,
  listening: ListenAddress,
): ListenAddress {
  if (advertise === undefined) return listening;
  const match = /^(?:\[(?<inner>[^\]]+)\]|(?<plain>[^[\]:]+))(?::(?<port>-?[0-9]+))?$/.exec(
    advertise,
  );
  const { inner, plain, port } = match?.groups ?? {};
  const host = inner ?? plain;
  // As with nats-server, 0 and -1 stand for the port that is listened on.
  const number = port === undefined || Number(port) <= 0 ? listening.port : Number(port);
  if (host === undefined || number > portMax) {
    throw engineError(
      "ENGINE_OPTION_INVALID",
      `${name} must be host or host:port, not "${advertise}"`,
    );
  }
  return { host, port: number };
}

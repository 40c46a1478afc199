import { type Host, type Logger, silentLogger } from "@oxbow/base";
import { NodeClock } from "./node-clock.ts";
import { NodeDisk } from "./node-disk.ts";
import { NodeNet } from "./node-net.ts";
import { NodePasswordHashes } from "./node-password-hashes.ts";
import { NodeRandom } from "./node-random.ts";

/** The real world: system clock, system randomness, files and TCP of this process. */
export function nodeHost(options: { readonly logger?: Logger } = {}): Host {
  const logger = options.logger ?? silentLogger;
  return {
    clock: new NodeClock(),
    random: new NodeRandom(),
    disk: new NodeDisk(),
    net: new NodeNet(logger),
    passwordHashes: new NodePasswordHashes(logger),
    logger,
  };
}

import type { Clock } from "./clock.ts";
import type { Disk } from "./disk.ts";
import type { Logger } from "./logger.ts";
import type { Net } from "./net.ts";
import type { PasswordHashes } from "./password-hashes.ts";
import type { Random } from "./random.ts";

/** Everything a package may reach of the world. Real in `@oxbow/node-host`, simulated in `@oxbow/testkit`. */
export interface Host {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly net: Net;
  readonly passwordHashes: PasswordHashes;
  readonly logger: Logger;
}

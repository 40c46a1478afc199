export { ANY_SITE } from "./disk-faults.ts";
export { SimClock } from "./sim-clock.ts";
export { SimDisk, type SimDiskOptions } from "./sim-disk.ts";
export { SECTOR_SIZE } from "./sim-file-content.ts";
export type { RunEnd, RunLimits } from "./sim-loop.ts";
export { SimNet, SimNetwork, type SimNetworkOptions } from "./sim-net.ts";
export { simPasswordHashes } from "./sim-password-hashes.ts";
export { SimRandom } from "./sim-random.ts";
export {
  SimHost,
  type SimHostOptions,
  SimWorld,
  type SimWorldOptions,
  simulate,
} from "./sim-world.ts";

import { type Host, type Logger, type PasswordHashes, silentLogger } from "@oxbow/base";
import { Life } from "./life.ts";
import { SimClock } from "./sim-clock.ts";
import { SimDisk, type SimDiskOptions } from "./sim-disk.ts";
import { type RunEnd, type RunLimits, SimLoop } from "./sim-loop.ts";
import { SimNet, SimNetwork, type SimNetworkOptions } from "./sim-net.ts";
import { simPasswordHashes } from "./sim-password-hashes.ts";
import { SimRandom } from "./sim-random.ts";

/** How a simulated world behaves. */
export interface SimWorldOptions {
  readonly disk?: SimDiskOptions;
  readonly network?: SimNetworkOptions;
  /** Keep a line per event in {@link SimWorld.trace}. Default false. */
  readonly trace?: boolean;
}

/** What a process of a {@link SimWorld} starts with. */
export interface SimHostOptions {
  /** Stands in the trace. Default `host`, or the name of the disk's life. */
  readonly name?: string;
  /** A disk that was left by {@link SimHost.crash} or {@link SimHost.kill}. Default an empty one. */
  readonly disk?: SimDisk;
  /** Default silent. */
  readonly logger?: Logger;
}

/**
 * A seeded world of simulated processes with a common time and network. Everything in it follows from the seed and from
 * what is done to it.
 *
 * @example
 * ```ts
 * const world = new SimWorld(seed);
 * const host = world.host();
 * await world.play(async () => { … code that uses host … });
 * const next = world.host({ disk: host.crash() });
 * ```
 */
export class SimWorld {
  readonly seed: number | string;
  /** For the test's own choices. */
  readonly random: SimRandom;
  readonly network: SimNetwork;
  readonly #loop: SimLoop;
  readonly #options: SimWorldOptions;
  readonly #hostRandom: SimRandom;
  #hostCount = 0;

  constructor(seed: number | string, options: SimWorldOptions = {}) {
    const random = new SimRandom(seed);
    this.seed = seed;
    this.random = random.fork("test");
    this.#hostRandom = random.fork("hosts");
    this.#options = options;
    this.#loop = new SimLoop(options.trace);
    this.network = new SimNetwork(this.#loop, random.fork("network"), options.network);
  }

  /** Starts a process. A disk belongs to one process at a time. */
  host(options: SimHostOptions = {}): SimHost {
    this.#hostCount += 1;
    const random = this.#hostRandom.fork(String(this.#hostCount));
    const life = options.disk?.life ?? new Life(options.name ?? "host");
    const disk =
      options.disk ?? new SimDisk(this.#loop, life, random.fork("disk"), this.#options.disk);
    return new SimHost(this.#loop, this.network, disk, random, options.logger ?? silentLogger);
  }

  /** Virtual milliseconds since the start. */
  get nowMs(): number {
    return this.#loop.nowMs;
  }

  /** Events so far. */
  get eventCount(): number {
    return this.#loop.eventCount;
  }

  /** See {@link SimLoop.fingerprint}. */
  get fingerprint(): string {
    return this.#loop.fingerprint;
  }

  /** See {@link SimLoop.trace}. */
  get trace(): readonly string[] {
    return this.#loop.trace;
  }

  /** See {@link SimLoop.run}. */
  run(limits?: RunLimits): Promise<RunEnd> {
    return this.#loop.run(limits);
  }

  /** See {@link SimLoop.play}. */
  play<T>(body: () => Promise<T>, limitMs?: number): Promise<T> {
    return this.#loop.play(body, limitMs);
  }

  /** See {@link SimLoop.settle}. */
  settle(): Promise<void> {
    return this.#loop.settle();
  }
}

/** A simulated process: the ports of `Host`, all virtual. */
export class SimHost implements Host {
  readonly clock: SimClock;
  readonly random: SimRandom;
  readonly disk: SimDisk;
  readonly net: SimNet;
  readonly passwordHashes: PasswordHashes = simPasswordHashes;
  readonly logger: Logger;

  constructor(
    loop: SimLoop,
    network: SimNetwork,
    disk: SimDisk,
    random: SimRandom,
    logger: Logger,
  ) {
    this.disk = disk;
    this.clock = new SimClock(loop, disk.life, random.fork("clock"));
    this.random = random.fork("process");
    this.net = new SimNet(network, disk.life);
    this.logger = logger;
  }

  /**
   * Power loss: ends the process, resets its connections and gives the disk as it is found afterwards. `seed` decides
   * what was lost; by default it comes from the process's own.
   */
  crash(seed: number | string = this.random.below(2 ** 32)): SimDisk {
    const disk = this.disk.crash(seed);
    this.disk.life.end();
    return disk;
  }

  /** SIGKILL: ends the process and resets its connections; the disk keeps what was written, durable or not. */
  kill(): SimDisk {
    return this.disk.kill();
  }
}

/** A process alone in a world: what most tests need. */
export function simulate(
  seed: number | string,
  options?: SimWorldOptions,
): { world: SimWorld; host: SimHost } {
  const world = new SimWorld(seed, options);
  return { world, host: world.host() };
}

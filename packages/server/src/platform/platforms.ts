import type { Clock, Logger } from "@oxbow/base";
import type { Engine } from "@oxbow/engine";
import { AccountPlatform } from "./account-platform.ts";

/** The platforms of an engine, one for each account that has JetStream. */
export class Platforms {
  readonly #platforms: readonly AccountPlatform[];

  private constructor(platforms: readonly AccountPlatform[]) {
    this.#platforms = platforms;
  }

  /**
   * Opens them, while nobody can come in by a port yet: what stations demand holds for the first message.
   *
   * @throws What keeps one of them from being opened that must be
   */
  static async open(engine: Engine, clock: Clock, logger: Logger): Promise<Platforms> {
    const accounts = engine.jetstreams.map(({ services }) => services.account.name);
    const platforms = new Platforms(
      accounts.map((account) => new AccountPlatform({ engine, account, clock, logger })),
    );
    try {
      for (const platform of platforms.#platforms) await platform.open();
    } catch (error) {
      platforms.destroy();
      throw error;
    }
    return platforms;
  }

  /** Ends them in order. To be called before the engine is closed. */
  async close(): Promise<void> {
    await Promise.all(this.#platforms.map((platform) => platform.close()));
  }

  /** Ends them at once. */
  destroy(): void {
    for (const platform of this.#platforms) platform.destroy();
  }
}

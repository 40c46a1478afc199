import type { ResolvedEngineOptions } from "../engine-options.ts";

/** What became of a reload: either everything that has changed is in force, or nothing. */
export interface ReloadOutcome {
  /** Options that have changed, as `limits.payloadMax` or `accounts.users`, and are in force now. */
  readonly applied: readonly string[];
  /** Options that cannot change while the engine runs. If there is one, nothing was applied. */
  readonly refused: readonly string[];
}

/** What a part of the engine does when options change that it takes up while it runs. */
export interface ReloadPart {
  /**
   * Options it takes up. Those that no part takes up cannot change. `auth` stands for all below it; the fields of
   * `limits`, `jetstream`, `websocket` and `leafnodes`, and of the accounts in `accounts`, stand for themselves, while
   * plain `accounts` stands for accounts that come or go.
   */
  readonly options: readonly string[];
  /**
   * Gets everything ready. Called if one of its options has changed, before any part applies anything.
   *
   * @returns What brings the change into force; it must not fail.
   * @throws `ENGINE_OPTION_INVALID`, and nothing is applied.
   */
  prepare(
    after: ResolvedEngineOptions,
    before: ResolvedEngineOptions,
  ): ApplyReload | Promise<ApplyReload>;
}

/** Brings a prepared change into force. */
export type ApplyReload = () => void | Promise<void>;

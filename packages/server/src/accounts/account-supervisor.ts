import { randomBytes } from "node:crypto";
import type { Logger } from "@oxbow/base";
import type { Engine, EngineOptions } from "@oxbow/engine";
import type { Directory } from "@oxbow/platform";
import type { KeptPassword } from "./kept-password.ts";
import { guestName, optionsWithAccounts } from "./options-with-accounts.ts";

const globalAccount = "$G";
/** The bucket of tenants and users, as `@oxbow/platform` has it, which is loaded only once there is one. */
const bucketStream = "KV_oxbow_accounts";
const bucketSubjects = "$KV.oxbow_accounts.>";
/** What the engine calls somebody who came in with the token of the configuration. No user can be called that. */
const shownToken = "[REDACTED]";
/** How long it waits before it follows the bucket again, after that has failed. */
const retryMs = 250;

/** What is in force of tenants and users. */
export interface AccountsInForce {
  /** Resolves once the engine does as the bucket says at a revision. */
  applied(revision: number): Promise<void>;
  /** Whether the configuration lets somebody in, or everybody who shows no credentials. */
  isConfigured(login: string): boolean;
  /** The password of somebody whom the configuration lets in, where the server has made it. */
  ownPassword(login: string): KeptPassword | undefined;
}

/**
 * Has an engine do what the bucket of tenants and users says: before anybody comes in when it starts, and at once
 * whenever it changes. It costs nothing until there is such a bucket.
 */
export class AccountSupervisor implements AccountsInForce {
  readonly #engine: Engine;
  #options: EngineOptions;
  /** Whether there are other options than the engine has. */
  #hasOtherOptions = false;
  readonly #logger: Logger;
  readonly #guestPassword: string = randomBytes(32).toString("base64url");
  readonly #stopping: AbortController = new AbortController();
  #stopHearing: () => void = () => {};
  #following: Promise<void> | undefined = undefined;
  #directory: Directory | undefined = undefined;
  /** Revision of the bucket that was read, and that the engine does as. */
  #readRevision = 0;
  #appliedRevision = 0;
  #applying: Promise<void> | undefined = undefined;
  #waiting: { readonly revision: number; readonly resolve: () => void }[] = [];
  /** Awaited whenever accounts may have come or gone. */
  onAccounts: () => Promise<void> = () => Promise.resolve();
  /** What the owner of the server comes in with, where the server has made that: at every door, or only with a browser. */
  owner: KeptPassword | undefined = undefined;

  /** @param options - What the engine was opened with. */
  constructor(engine: Engine, options: EngineOptions, logger: Logger) {
    this.#engine = engine;
    this.#options = options;
    this.#logger = logger;
  }

  /**
   * To be called while nobody can come in yet. Once it resolves, the engine does as the bucket says, if there is one.
   *
   * @throws What reading the bucket throws: then nobody may be let in.
   */
  async start(): Promise<void> {
    if (this.#hasBucket()) {
      await this.#follow();
      return;
    }
    this.#stopHearing = this.#engine.hear(globalAccount, bucketSubjects, "", () => {
      this.#stopHearing();
      this.#followForEver();
    });
  }

  /** Resolves once the engine does as the bucket says at a revision. */
  applied(revision: number): Promise<void> {
    if (this.#appliedRevision >= revision || this.#stopping.signal.aborted) {
      return Promise.resolve();
    }
    this.#followForEver();
    return new Promise((resolve) => this.#waiting.push({ revision, resolve }));
  }

  isConfigured(login: string): boolean {
    const { auth = { mode: "none" } } = this.#options;
    switch (auth.mode) {
      case "none":
        return login === "" || login === guestName;
      case "token":
        return login === shownToken;
      case "users":
        return auth.users.some(({ user }) => user === login);
      default:
        return false;
    }
  }

  ownPassword(login: string): KeptPassword | undefined {
    const { owner } = this;
    const isOpen = (this.#options.auth?.mode ?? "none") === "none";
    return this.isConfigured(login) && (isOpen || login === owner?.user) ? owner : undefined;
  }

  /** Has the engine ask for another password of a user of the configuration; who has used the one before is disconnected. */
  async setPassword(login: string, password: string): Promise<void> {
    const { auth } = this.#options;
    if (auth?.mode !== "users") return;
    const users = auth.users.map((user) => (user.user === login ? { ...user, password } : user));
    this.#options = { ...this.#options, auth: { ...auth, users } };
    this.#hasOtherOptions = true;
    await this.#apply();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#stopHearing();
    await this.#following;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  #hasBucket(): boolean {
    const jetstream = this.#engine.jetstreams.find(
      ({ services }) => services.account.name === globalAccount,
    );
    return jetstream?.streams.has(bucketStream) ?? false;
  }

  #followForEver(): void {
    if (this.#following !== undefined || this.#stopping.signal.aborted) return;
    this.#follow().catch((error: Error) => this.#onFailure(error));
  }

  #onFailure(error: Error): void {
    if (this.#stopping.signal.aborted) return;
    this.#logger.error(
      { error: error.message },
      "tenants and users can't be followed: who is let in stays as it is for now",
    );
    setTimeout(() => this.#followForEver(), retryMs).unref();
  }

  /** Resolves once all that is there was taken up; goes on after that, by itself. */
  async #follow(): Promise<void> {
    const caughtUp = Promise.withResolvers<void>();
    let isCaughtUp = false;
    const onCaughtUp = (): void => {
      isCaughtUp = true;
      caughtUp.resolve();
    };
    const onFailed = (error: Error): void => {
      if (isCaughtUp) this.#onFailure(error);
      else caughtUp.reject(error);
    };
    this.#following = this.#run(onCaughtUp, onFailed).then(
      () => {
        this.#following = undefined;
        caughtUp.resolve();
      },
      (error: Error) => {
        this.#following = undefined;
        onFailed(error);
      },
    );
    await caughtUp.promise;
  }

  async #run(onCaughtUp: () => void, onFailed: (error: Error) => void): Promise<void> {
    const [{ Directory: NewDirectory, watchDirectory }, { connectInProcess }] = await Promise.all([
      import("@oxbow/platform"),
      import("./connect-in-process.ts"),
    ]);
    const { signal } = this.#stopping;
    const user = { user: "oxbow-accounts", account: globalAccount };
    const connection = await connectInProcess(this.#engine, user);
    const directory = new NewDirectory();
    try {
      for await (const { key, text, revision, isCaughtUp } of watchDirectory(connection, signal)) {
        const problem = directory.take(key, text);
        if (problem !== undefined) this.#logger.error({ key, error: problem.message }, "kept out");
        this.#readRevision = Math.max(this.#readRevision, revision);
        if (!isCaughtUp) continue;
        this.#directory = directory;
        if (this.#applying === undefined) this.#apply().then(onCaughtUp, onFailed);
      }
    } finally {
      await connection.close();
    }
    if (!signal.aborted) throw new Error("the connection has ended");
  }

  /** Has the engine do what was read; what is read meanwhile, too. */
  #apply(): Promise<void> {
    this.#applying ??= this.#applyAll().finally(() => {
      this.#applying = undefined;
    });
    return this.#applying;
  }

  async #applyAll(): Promise<void> {
    do {
      const revision = this.#readRevision;
      this.#hasOtherOptions = false;
      const accounts = this.#directory?.accounts() ?? [];
      const guestPassword = this.#guestPassword;
      // Who only looks makes the bucket, too; nobody is asked for credentials because of that.
      const options =
        revision === 0
          ? this.#options
          : optionsWithAccounts(this.#options, { accounts, guestPassword });
      const { refused } = await this.#engine.reload(options);
      if (refused.length > 0) throw new Error(`the engine does not take up ${refused.join(", ")}`);
      this.#appliedRevision = revision;
      await this.onAccounts();
      const isOver = (each: { readonly revision: number }): boolean => each.revision <= revision;
      for (const { resolve } of this.#waiting.filter(isOver)) resolve();
      this.#waiting = this.#waiting.filter((each) => !isOver(each));
    } while (this.#readRevision > this.#appliedRevision || this.#hasOtherOptions);
  }
}

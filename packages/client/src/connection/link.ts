import type { NatsConnection } from "@nats-io/nats-core";
import { errors, PermissionViolationError } from "@nats-io/nats-core";
import { clientError } from "../errors.ts";
import { presencePrefix } from "../presence/announcement.ts";
import { StatusBoard } from "./status.ts";

/** Acknowledgements of messages that wait for a connection; beyond it they are left out, and the messages come again. */
const laterMax = 65_536;

/** What wants to know when the connection goes and comes. */
export interface LinkUser {
  /** There is no connection: what is sent from now on goes nowhere. */
  onDown?(): void;
  /** There is one again, with all subscriptions. */
  onUp?(): void;
  /** The server refused a message to this subject. */
  onForbidden?(subject: string, error: Error): void;
  /** There will be none any more. */
  onClosed?(error: Error): void;
}

/**
 * A connection of the official client, and who is told of its state. That client tells it a moment late, so what was sent
 * just before a `down` may be lost, and what is sent before an `up` may come twice: users send again what was not
 * answered, in a way that does no harm twice.
 */
export class Link {
  readonly nc: NatsConnection;
  /** Where answers and messages come to; `undefined` for the usual place. */
  readonly inboxPrefix: string | undefined;
  readonly board: StatusBoard = new StatusBoard();
  readonly #users = new Set<LinkUser>();
  #isUp = true;
  /** How often the connection was lost. */
  #downs = 0;
  #closedError: Error | undefined;
  #later: { readonly subject: string; readonly payload: string | Uint8Array }[] = [];

  constructor(nc: NatsConnection, inboxPrefix: string | undefined) {
    this.nc = nc;
    this.inboxPrefix = inboxPrefix;
    void this.#follow();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get isClosed(): boolean {
    return this.#closedError !== undefined;
  }

  /** @throws OxbowError `CONNECTION_CLOSED` */
  assertOpen(): void {
    if (this.#closedError !== undefined) throw this.#closedError;
  }

  /** Tells `user` what happens from now on, until what this returns is called. */
  use(user: LinkUser): () => void {
    this.#users.add(user);
    return () => this.#users.delete(user);
  }

  /**
   * Resolves once there is a connection.
   *
   * @throws OxbowError `CONNECTION_CLOSED` if there will be none
   */
  async whenUp(): Promise<void> {
    this.assertOpen();
    if (this.#isUp) return;
    await new Promise<void>((resolve, reject) => {
      const leave = this.use({
        onUp: () => {
          leave();
          resolve();
        },
        onClosed: (error) => {
          leave();
          reject(error);
        },
      });
    });
  }

  /**
   * Asks something that may be asked twice: when there is a connection, and again if that was lost meanwhile.
   *
   * @throws what `ask` throws, and OxbowError `CONNECTION_CLOSED`
   */
  async attempt<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      await this.whenUp();
      const downs = this.#downs;
      try {
        return await ask();
      } catch (error) {
        if (this.#downs === downs && !this.isClosed) throw error;
      }
    }
  }

  /** Sends now, or when there is a connection again. */
  publish(subject: string, payload: string | Uint8Array): void {
    if (this.nc.isClosed()) return;
    if (this.#isUp) {
      this.nc.publish(subject, payload);
    } else if (this.#later.length < laterMax && !this.isClosed) {
      this.#later.push({ subject, payload });
    }
  }

  /** From now on everything fails. Closing the connection is the caller's. */
  end(error: Error): void {
    if (this.#closedError !== undefined) return;
    this.#closedError = error;
    this.#isUp = false;
    for (const user of [...this.#users]) user.onClosed?.(error);
  }

  async #follow(): Promise<void> {
    const ended = this.nc.closed();
    for await (const status of this.nc.status()) {
      switch (status.type) {
        case "disconnect":
          this.#isUp = false;
          this.#downs++;
          this.board.tell({ type: "disconnected", server: status.server });
          for (const user of [...this.#users]) user.onDown?.();
          break;
        case "reconnecting":
          this.board.tell({ type: "reconnecting" });
          break;
        case "reconnect":
          this.#comeUp();
          this.board.tell({ type: "reconnected", server: status.server });
          break;
        case "ldm":
          this.board.tell({ type: "serverLeaving", server: status.server });
          break;
        case "error":
          this.#forbidden(status.error);
          // Nobody has asked for those.
          if (!isAboutPresence(status.error)) {
            this.board.tell({ type: "error", error: status.error });
          }
          break;
        default:
          break;
      }
    }
    const cause = await ended;
    this.end(closedError(cause instanceof Error ? cause : undefined));
    this.board.tell(cause instanceof Error ? { type: "closed", error: cause } : { type: "closed" });
  }

  #comeUp(): void {
    if (this.isClosed) return;
    this.#isUp = true;
    const later = this.#later;
    this.#later = [];
    for (const { subject, payload } of later) this.nc.publish(subject, payload);
    for (const user of [...this.#users]) user.onUp?.();
  }

  #forbidden(error: Error): void {
    if (!(error instanceof PermissionViolationError) || error.operation !== "publish") return;
    for (const user of [...this.#users]) user.onForbidden?.(error.subject, error);
  }
}

function isAboutPresence(error: Error): boolean {
  return error instanceof PermissionViolationError && error.subject.startsWith(presencePrefix);
}

/** Why nothing works any more. */
export function closedError(cause: Error | undefined): Error {
  const isRefused =
    cause instanceof errors.AuthorizationError ||
    cause instanceof errors.UserAuthenticationExpiredError;
  const why = isRefused ? "the server does not accept its credentials any more" : "it was closed";
  const text = `the client has no connection, as ${why}: connect again`;
  return clientError("CONNECTION_CLOSED", text, cause === undefined ? {} : { cause });
}

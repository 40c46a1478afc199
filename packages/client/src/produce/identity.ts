import type { Link } from "../connection/link.ts";
import { type Door, stampHeader, stampText } from "../lineage/stamp.ts";
import type { Announced, Herald, Tally } from "../presence/herald.ts";
import { headerLine } from "./encoded-headers.ts";

/** What says who a producer is. */
export interface IdentityServices {
  readonly link: Link;
  readonly herald: Herald;
  readonly door: Door;
}

/**
 * Who a producer is, as it announces itself and as it stamps its messages. The stamp is made once for each connection, so that a
 * message costs nothing but its bytes.
 */
export class Identity {
  readonly #services: IdentityServices;
  /** What it is called; `undefined` for what the client is. */
  readonly #as: string | undefined;
  #announced: Announced | undefined;
  #stampLine = "";
  /** The connection that the stamp is of. */
  #stamped: unknown;

  constructor(services: IdentityServices, as: string | undefined) {
    this.#services = services;
    this.#as = as;
  }

  /** Announces it as a producer of a station, unless it is. */
  enter(station: string): void {
    const { herald, link } = this.#services;
    this.#announced ??= herald.enter({ kind: "producer", station, group: null }, this.#as);
    // The server's greeting is another object for each connection.
    if (this.#stamped === link.nc.info) return;
    this.#stamped = link.nc.info;
    const { name, id } = this.#announced;
    const connection = link.nc.info?.client_id ?? null;
    const stamp = stampText({ door: this.#services.door, by: name, id, connection });
    this.#stampLine = headerLine(stampHeader, stamp);
  }

  /** Once it has entered. */
  get tally(): Tally {
    return (this.#announced as Announced).tally;
  }

  get stampLine(): string {
    return this.#stampLine;
  }

  /** Announces from which station messages come that it derives others from. */
  derivesFrom(station: string): void {
    this.#announced?.derivesFrom(station);
  }

  end(): void {
    this.#announced?.end();
    this.#announced = undefined;
    this.#stamped = undefined;
  }
}

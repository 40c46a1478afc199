import type { Deed, DoorName } from "./oracle.ts";

/** Where the doors of a server are. */
export interface Address {
  readonly port: number;
  readonly memphisPort: number;
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** Somebody who has come in. */
export interface Guest extends AsyncDisposable {
  /** Each rejects if it is denied, or fails. */
  readonly deeds: Readonly<Partial<Record<Deed, () => Promise<unknown>>>>;
  /** Stays, connected as an application would be, until the server cuts it off: then `gone` resolves, to what it is told. */
  stay(): Promise<{ readonly gone: Promise<string> }>;
}

/** A way to come in. */
export interface Door {
  readonly name: DoorName;
  enter(address: Address, login: Login): Promise<Guest>;
  /** What a denial says here: what is missing, and how to get it. */
  readonly denial: RegExp;
}

/** What the user's own words say at every door but the bare protocol's, where clients understand its text only. */
export const helpfulDenial: RegExp =
  /may not .+: it takes .+An admin gives that with "oxbow user edit \S+ --/i;

let turn = 0;
/** A name that nothing else has. */
export function freshName(start: string): string {
  turn++;
  return `${start}-${turn}`;
}

/** What somebody manages stations as. Each may what those before it may: `viewer`, `operator`, `admin`, `owner`. */
export type Role = "owner" | "admin" | "operator" | "viewer";

/** Whose users are meant. */
export interface OfTenant {
  /** By default the tenant of who asks; only the tenant `default` may name another. */
  readonly tenant?: string;
}

/** An access key, without what is secret of it. */
export interface AccessKey {
  /** By which it is taken back. */
  readonly id: string;
  readonly description: string;
  readonly createdAt: string;
  /** When it is of no use any more; `null` for never. */
  readonly expiresAt: string | null;
}

/** Somebody who may connect. */
export interface User {
  readonly name: string;
  readonly tenant: string;
  /** What it is called when it connects: its name, and outside of the tenant `default` that of its tenant behind a `$`. */
  readonly login: string;
  /** An application sends and takes messages; who manages stations has a role. */
  readonly type: "application" | "management";
  readonly role: Role | null;
  /** Patterns of stations whose messages it may read. */
  readonly read: readonly string[];
  /** Patterns of stations that it may write to. */
  readonly write: readonly string[];
  readonly description: string;
  /** Whether it may take messages away as a file, as far as its role goes. */
  readonly mayExport: boolean;
  readonly hasPassword: boolean;
  readonly keys: readonly AccessKey[];
  readonly isDisabled: boolean;
  /** When it can't connect any more; `null` for never. */
  readonly expiresAt: string | null;
  readonly createdAt: string;
}

/** What is changed of a user. */
export interface UserChanges {
  /** With it, the user manages stations; with `null` it is an application. */
  readonly role?: Role | null;
  /** Patterns of stations, at most 50: `prod.*`. */
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly description?: string;
  /** A time as of RFC 3339; `null` for never. */
  readonly expiresAt?: string | null;
  /** Whether it is kept out for now. */
  readonly isDisabled?: boolean;
  /** Whether it may take messages away as a file, as far as its role goes: from `operator` on. By default it may. */
  readonly mayExport?: boolean;
}

/** What a user is asked to be. Patterns are by default all for who manages, and none for an application. */
export interface UserRequest extends UserChanges {
  /** 8 to 256 characters; a random one if it is left out; `null` for none, if it comes with keys only. */
  readonly password?: string | null;
}

export interface PasswordRequest {
  /** 8 to 256 characters; a random one if it is left out; `null` for none. */
  readonly password?: string | null;
}

/** What somebody says who gives himself another password. */
export interface PasswordChange {
  /** The present one: up to 256 characters. */
  readonly current: string;
  /** 8 to 256 characters, and another one. */
  readonly password: string;
}

export interface PasswordChanged {
  /** Who comes in with it from now on. */
  readonly user: string;
}

export interface PasswordQuestion {
  /** Up to 256 characters. */
  readonly password: string;
}

export interface PasswordAnswer {
  /** Whether it is the one that the user has. */
  readonly isSame: boolean;
}

/** A user with its password, where that was made for it: it is told this once. */
export interface UserWithPassword {
  readonly user: User;
  /** `null` if somebody gave it one, or wants none. */
  readonly password: string | null;
}

export interface AccessKeyRequest {
  readonly description?: string;
  /** A time as of RFC 3339; by default it does not expire. */
  readonly expiresAt?: string | null;
}

export interface AccessKeyId {
  readonly id: string;
}

/** An access key with what is secret of it, which is told this once. */
export interface AccessKeyWithSecret {
  readonly accessKey: AccessKey;
  readonly secret: string;
}

import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Caller, PasswordChange, PasswordChanged, Requester, TenantUse } from "oxbow/control";
import { denialText, platformError, type Right } from "oxbow/internal";
import type { AuditedSubject } from "../audit/audit.ts";
import { Tenants } from "../tenants/tenants.ts";
import { type Access, everything, hasRight, isAllowed, rulesAll } from "../users/access.ts";
import { accountOfTenant } from "../users/directory.ts";
import { defaultTenant } from "../users/documents.ts";
import { checkNextPassword } from "../users/next-password.ts";
import { tenantName } from "../users/requests.ts";
import { isStationOf } from "../users/station-pattern.ts";
import { accessOf, userOfLogin } from "../users/user.ts";
import { Users } from "../users/users.ts";
import { callerOf } from "./caller.ts";

/** Where tenants and users are kept, and by whom they are put in force. */
export interface AccountPlace {
  /** The tenant whose platform this is. */
  readonly tenant: string;
  /** To the account of the server itself; made when it is first needed, and again when it has ended. */
  connect(): Promise<NatsConnection>;
  /** Resolves once the server does as the bucket says at a revision. */
  applied(revision: number): Promise<void>;
  /** To the account of a tenant; who asks for it closes it. */
  connectTo(tenant: string): Promise<NatsConnection>;
  /** What tenants use now. */
  usesOf(tenants: readonly string[]): TenantUse[];
  /** Whether somebody is let in by the configuration of the server, and may do what that says. */
  isConfigured(login: string): boolean;
  /** The password of somebody whom the configuration lets in, where the server has made it: that one can be changed. */
  ownPassword(login: string): OwnPassword | undefined;
}

/** A password that the server itself keeps. */
export interface OwnPassword {
  /** Who comes in with it. */
  readonly user: string;
  isSame(password: string): Promise<boolean>;
  /** Resolves once it is kept, and in force. */
  change(password: string): Promise<void>;
}

/** Tenants and users for those who ask for them, each held to what it may. */
export class AccountRoom {
  readonly #place: AccountPlace;
  #users: Promise<Users> | undefined = undefined;
  #tenants: Promise<Tenants> | undefined = undefined;

  /** Whose platform this is. */
  get tenant(): string {
    return this.#place.tenant;
  }

  constructor(place: AccountPlace) {
    this.#place = place;
  }

  /**
   * The users of a tenant, for somebody who can change those that may do no more than itself, and give no more than it has.
   *
   * @throws OxbowError `ACCESS_DENIED`, `TENANT_INVALID`, `USER_UNAVAILABLE`
   */
  async usersFor(who: Requester | null, wanted?: string): Promise<Users> {
    const tenant = this.#tenantFor(wanted);
    const users = await this.#openUsers();
    const check = async (before?: Access, after?: Access): Promise<void> => {
      const asker = await this.#accessFor(who);
      require(asker, "admin", who);
      if (asker.role === "owner") return;
      if (tenant !== this.#place.tenant) throw denied("users of other tenants are for owners");
      if (before !== undefined) requireNoMore(asker, before, "is changed only by who may as much");
      if (after !== undefined) requireNoMore(asker, after, "is given only by who has as much");
    };
    await check();
    return users.guarded(check, tenant);
  }

  /**
   * The tenants of the server, for an owner of it.
   *
   * @throws OxbowError `ACCESS_DENIED`, `USER_UNAVAILABLE`
   */
  async tenantsFor(who: Requester | null): Promise<Tenants> {
    if (this.#place.tenant !== defaultTenant) {
      throw denied(`tenants are for owners of the tenant ${defaultTenant}`);
    }
    require(await this.#accessFor(who), "own", who);
    return this.#openTenants();
  }

  /**
   * What tenants use, for an owner of the server.
   *
   * @param wanted - By default all.
   * @throws OxbowError `ACCESS_DENIED`, `TENANT_NOT_FOUND`, `USER_UNAVAILABLE`
   */
  async usesFor(who: Requester | null, wanted?: string): Promise<TenantUse[]> {
    const tenants = await this.tenantsFor(who);
    const found = wanted === undefined ? await tenants.list() : [await tenants.get(wanted)];
    return this.#place.usesOf(found.map(({ name }) => name));
  }

  /**
   * For which stations somebody has a right. What has no requester comes from the server itself: all.
   *
   * @throws OxbowError `ACCESS_DENIED` for who is no user any more
   */
  async stationsFor(who: Requester | null, right: Right): Promise<(station: string) => boolean> {
    if (who === null) return () => true;
    const access = await this.#accessFor(who);
    return (station) => isAllowed(access, right, station);
  }

  /**
   * Which records of changes somebody may read: an admin of all stations all, another admin those of its stations, and
   * those of what it has done itself.
   *
   * @throws OxbowError `ACCESS_DENIED`
   */
  async recordsFor(who: Requester | null): Promise<(change: AuditedSubject) => boolean> {
    const access = await this.#accessFor(who);
    if (rulesAll(access)) return () => true;
    if (!hasRight(access, "admin")) throw denied(denialText({ right: "admin" }, who?.user));
    return ({ names: { station }, who: by }) =>
      by?.user === who?.user || (station !== undefined && isAllowed(access, "see", station));
  }

  /**
   * Who somebody is, and what it may do.
   *
   * @throws OxbowError `ACCESS_DENIED` for who is no user any more
   */
  async describe(who: Requester): Promise<Caller> {
    const access = await this.#accessFor(who);
    return callerOf(who.user, this.#place.tenant, access);
  }

  /** @throws OxbowError `ACCESS_DENIED` */
  async requireRight(who: Requester | null, right: Right, station: string): Promise<void> {
    if (isAllowed(await this.#accessFor(who), right, station)) return;
    throw denied(denialText({ right, station }, who?.user));
  }

  /**
   * Gives who asks another password.
   *
   * @throws OxbowError `ACCESS_DENIED`, `USER_INVALID`, `PASSWORD_WRONG`, `PASSWORD_NONE`
   */
  async changePassword(who: Requester | null, change: PasswordChange): Promise<PasswordChanged> {
    await this.#accessFor(who);
    const { tenant } = this.#place;
    const login = who?.user ?? "";
    if (!this.#place.isConfigured(login)) {
      return { user: (await (await this.#ownUsers()).changePassword(nameOf(login), change)).login };
    }
    const own = this.#place.ownPassword(login);
    if (own === undefined) {
      const message = `${login === "" ? "who comes in without a login" : login} has no password that can be changed here: it stands in the configuration of the server`;
      throw platformError("PASSWORD_NONE", message);
    }
    await checkNextPassword(change, [own.user, tenant], (text) => own.isSame(text));
    await own.change(change.password);
    return { user: own.user };
  }

  /** What the record of a change that somebody makes to himself says of him. @throws OxbowError `ACCESS_DENIED` */
  async ownState(who: Requester | null): Promise<unknown> {
    await this.#accessFor(who);
    const login = who?.user ?? "";
    if (this.#place.isConfigured(login)) return undefined;
    return (await this.#ownUsers()).find(nameOf(login));
  }

  /**
   * What the record of a change says of a user: nothing secret is in it, and nothing that who asks may not see, since the
   * owners of its tenant read the record.
   *
   * @throws OxbowError `ACCESS_DENIED`
   */
  async stateOfUser(who: Requester | null, name: string, request: unknown): Promise<unknown> {
    const { tenant } = (request ?? {}) as { readonly tenant?: unknown };
    const users = await this.usersFor(who, typeof tenant === "string" ? tenant : undefined);
    return users.find(name);
  }

  /** @throws OxbowError `ACCESS_DENIED` */
  async stateOfTenant(who: Requester | null, name: string): Promise<unknown> {
    return (await this.tenantsFor(who)).find(name);
  }

  /** Opens everything again when it is needed next. */
  forget(): void {
    this.#users = undefined;
    this.#tenants = undefined;
  }

  /** Read anew each time: who was taken out a moment ago may do nothing. */
  async #accessFor(who: Requester | null): Promise<Access> {
    if (who === null) throw denied("the server does not tell who asks");
    const { tenant } = this.#place;
    if (who.account !== accountOfTenant(tenant)) throw denied("you are of another tenant");
    if (this.#place.isConfigured(who.user)) return everything;
    const login = userOfLogin(who.user);
    const user = await (await this.#ownUsers()).find(login.name);
    if (user === undefined || user.isDisabled || login.tenant !== tenant) {
      throw denied(`there is no user ${who.user} any more`);
    }
    return accessOf(user);
  }

  #tenantFor(wanted: string | undefined): string {
    const { tenant } = this.#place;
    if (wanted === undefined) return tenant;
    const name = tenantName(wanted);
    if (name === tenant || tenant === defaultTenant) return name;
    throw denied(`users of other tenants are for owners of the tenant ${defaultTenant}`);
  }

  /** Those of the tenant, for what each may do to itself. */
  async #ownUsers(): Promise<Users> {
    const users = await this.#openUsers();
    return users.guarded(() => Promise.resolve(), this.#place.tenant);
  }

  #openUsers(): Promise<Users> {
    const applied = (revision: number): Promise<void> => this.#place.applied(revision);
    this.#users ??= this.#opened(async () => Users.open(await this.#place.connect(), { applied }));
    return this.#users;
  }

  #openTenants(): Promise<Tenants> {
    const options = {
      applied: (revision: number) => this.#place.applied(revision),
      empty: (tenant: string) => this.#empty(tenant),
    };
    this.#tenants ??= this.#opened(async () => Tenants.open(await this.#place.connect(), options));
    return this.#tenants;
  }

  async #empty(tenant: string): Promise<void> {
    const connection = await this.#place.connectTo(tenant);
    try {
      const { streams } = await jetstreamManager(connection);
      for (const name of await Array.fromAsync(streams.names())) await streams.delete(name);
    } finally {
      await connection.close();
    }
  }

  /** What could not be opened is tried again. */
  #opened<Room>(open: () => Promise<Room>): Promise<Room> {
    const opening = open();
    opening.catch(() => this.forget());
    return opening;
  }
}

function nameOf(login: string): string {
  return userOfLogin(login).name;
}

function require(asker: Access, right: Right, who: Requester | null): void {
  if (!hasRight(asker, right)) throw denied(denialText({ right }, who?.user));
}

/** Whether one may everything that another may. */
function mayAsMuch(one: Access, { role, read, write, mayExport = true }: Access): boolean {
  if (one.role === "owner") return true;
  if (role === "owner") return false;
  if (mayExport && one.mayExport === false) return false;
  // A `*` of a pattern is covered by a `*` only: no other character of one is the same.
  const covers = (mine: readonly string[], theirs: readonly string[]): boolean =>
    theirs.every((pattern) => mine.some((each) => isStationOf(each, pattern)));
  return covers(one.read, read) && covers(one.write, write);
}

function requireNoMore(asker: Access, other: Access, what: string): void {
  if (mayAsMuch(asker, other)) return;
  const { role, read, write } = other;
  const shown = JSON.stringify({ role, read, write });
  throw denied(`${shown} ${what}: ask somebody who may more`);
}

function denied(message: string): Error {
  return platformError("ACCESS_DENIED", message);
}

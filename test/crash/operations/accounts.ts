import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { errors } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { Tenants, Users } from "@oxbow/platform";
import { ControlClient } from "oxbow/control";
import { ask } from "../platform/ask.ts";
import type { Yard } from "../yard.ts";
import type { CrashOperation, Observed } from "./operation.ts";

const quotas = { streamsMax: 10, storageBytesMax: 1_000_000, description: "made to be killed" };
const changes = { streamsMax: 20, connectionsMax: 5, messagesPerSecondMax: 1_000 };
const stored = ["one", "two", "three"] as const;

/** A tenant, and what is stored in its account. */
async function observeTenant(yard: Yard, id: string): Promise<Observed> {
  const found = await yard.tenants.find(id);
  const kept = found === undefined ? undefined : await storedBy(yard, id);
  const { createdAt: _, problems = [], ...tenant } = { ...found };
  return { view: { tenant, kept }, problems, beneath: await leftBy(yard, id) };
}

function storedBy(yard: Yard, id: string): Promise<unknown> {
  return yard.place.inTenant(id, async (connection) => {
    const { streams } = await jetstreamManager(connection);
    const kept: unknown[] = [];
    for await (const { config, state } of streams.list()) kept.push([config.name, state.messages]);
    return kept;
  });
}

/** What somebody would find who is given the name of a tenant that is gone. */
async function leftBy(yard: Yard, id: string): Promise<unknown> {
  if ((await yard.tenants.find(id)) !== undefined) return undefined;
  if (!yard.place.isEnforced) return storedBy(yard, id);
  await ask(yard.connection, tenantCreate.request(id));
  const left = await storedBy(yard, id);
  await ask(yard.connection, tenantDelete.request(id));
  return left;
}

async function clearTenant(yard: Yard, id: string): Promise<void> {
  if (yard.place.isEnforced) {
    await ask(yard.connection, tenantDelete.request(id));
    return;
  }
  const empty = (tenant: string): Promise<void> => emptyTenant(yard, tenant);
  await empty(id);
  await (await Tenants.open(yard.connection, { empty })).delete(id);
}

async function emptyTenant(yard: Yard, id: string): Promise<void> {
  await yard.place.inTenant(id, async (connection) => {
    const { streams } = await jetstreamManager(connection);
    for await (const name of streams.names()) await streams.delete(name);
  });
}

export const tenantCreate: CrashOperation = {
  name: "tenant.create",
  prepare: () => Promise.resolve(),
  request: (id) => ({ operation: "tenant.create", names: { tenant: id }, body: quotas }),
  observe: observeTenant,
  clear: clearTenant,
  plant: {
    bug: "a tenant has no quotas before it is given some",
    run: async ({ connection }, id) => {
      const tenants = await Tenants.open(connection);
      if ((await tenants.find(id)) === undefined) await tenants.create(id);
      await tenants.edit(id, quotas);
    },
  },
};

export const tenantEdit: CrashOperation = {
  name: "tenant.edit",
  prepare: async (yard, id) => void (await yard.tenants.create(id, quotas)),
  request: (id) => ({ operation: "tenant.edit", names: { tenant: id }, body: changes }),
  observe: observeTenant,
  clear: clearTenant,
  plant: {
    bug: "quotas are changed one after the other",
    run: async ({ connection }, id) => {
      const tenants = await Tenants.open(connection);
      for (const [name, value] of Object.entries(changes)) {
        await tenants.edit(id, { [name]: value });
      }
    },
  },
};

export const tenantDelete: CrashOperation = {
  name: "tenant.delete",
  prepare: async (yard, id) => {
    await yard.tenants.create(id, quotas);
    await yard.place.inTenant(id, async (connection) => {
      const js = jetstream(connection);
      const { streams } = await js.jetstreamManager();
      for (const name of stored) {
        await streams.add({ name, subjects: [name] });
        await js.publish(name, id);
      }
    });
  },
  request: (id) => ({ operation: "tenant.delete", names: { tenant: id }, body: {} }),
  observe: observeTenant,
  clear: clearTenant,
  plant: {
    bug: "a tenant is emptied, and nothing says that it is being deleted",
    run: async ({ connection, tenant }, id) => {
      const own = await tenant();
      const empty = async (): Promise<void> => {
        const { streams } = await jetstreamManager(own);
        for (const name of await Array.fromAsync(streams.names())) await streams.delete(name);
      };
      await empty();
      await (await Tenants.open(connection, { empty })).delete(id);
      await own.close();
    },
  },
};

const asked = { write: ["prod.*"], description: "shop", password: "a password that is given" };
const edited = { read: ["prod.orders"], role: "viewer", description: "edited" } as const;

async function observeUser(yard: Yard, id: string): Promise<Observed> {
  const { createdAt: _, keys = [], ...user } = { ...(await yard.users.find(id)) };
  // Who got no answer has no use of its key, and asks for another one.
  const view = { user, hasKeys: keys.length > 0, isLetIn: await isLetIn(yard, id) };
  return { view, problems: [] };
}

/** Whether a user comes in with the key that it was given first; `undefined` where no server knows of it. */
async function isLetIn({ url, place }: Yard, user: string): Promise<boolean | undefined> {
  const pass = place.secrets.get(user);
  if (pass === undefined) return undefined;
  try {
    await (await connect({ servers: url, user, pass, reconnect: false })).close();
    return true;
  } catch (error) {
    if (error instanceof errors.AuthorizationError) return false;
    throw error;
  }
}

async function clearUser(yard: Yard, id: string): Promise<void> {
  await yard.users.delete(id);
}

async function prepareUser(yard: Yard, id: string): Promise<void> {
  await yard.users.create(id, { ...asked, password: null });
  if (!yard.place.isEnforced) return;
  // Asked of the platform, which answers once the server lets it in.
  const control = new ControlClient(yard.connection);
  const { secret } = await control.call("user.addKey", { user: id }, {});
  yard.place.secrets.set(id, secret);
}

export const userCreate: CrashOperation = {
  name: "user.create",
  prepare: () => Promise.resolve(),
  request: (id) => ({ operation: "user.create", names: { user: id }, body: asked }),
  observe: observeUser,
  refusals: ["USER_EXISTS"],
  clear: clearUser,
  plant: {
    bug: "a user is there before it is said what it may do",
    run: async ({ connection }, id) => {
      const users = await Users.open(connection);
      const { write, ...rest } = asked;
      await users.create(id, rest).catch(() => undefined);
      await users.edit(id, { write });
    },
  },
};

export const userEdit: CrashOperation = {
  name: "user.edit",
  prepare: prepareUser,
  request: (id) => ({ operation: "user.edit", names: { user: id }, body: edited }),
  observe: observeUser,
  clear: clearUser,
  plant: {
    bug: "a user is taken out and made again to be another one",
    run: async ({ connection }, id) => {
      const users = await Users.open(connection);
      await users.delete(id);
      await users.create(id, { ...asked, ...edited, password: null });
    },
  },
};

export const userSetPassword: CrashOperation = {
  name: "user.setPassword",
  prepare: prepareUser,
  request: (id) => ({ operation: "user.setPassword", names: { user: id }, body: {} }),
  observe: observeUser,
  clear: clearUser,
  plant: {
    bug: "a user is kept out while its password is changed",
    run: async ({ connection }, id) => {
      const users = await Users.open(connection);
      await users.edit(id, { isDisabled: true });
      await users.setPassword(id);
      await users.edit(id, { isDisabled: false });
    },
  },
};

export const userAddKey: CrashOperation = {
  name: "user.addKey",
  prepare: prepareUser,
  request: (id) => ({ operation: "user.addKey", names: { user: id }, body: {} }),
  observe: observeUser,
  clear: clearUser,
  plant: {
    bug: "a user may do nothing while it is given a key",
    run: async ({ connection }, id) => {
      const users = await Users.open(connection);
      await users.edit(id, { write: [] });
      await users.addKey(id);
      await users.edit(id, { write: asked.write });
    },
  },
};

export const userDelete: CrashOperation = {
  name: "user.delete",
  prepare: prepareUser,
  request: (id) => ({ operation: "user.delete", names: { user: id }, body: {} }),
  observe: observeUser,
  clear: clearUser,
  plant: {
    bug: "what a user may do is taken from it, and then the user",
    run: async ({ connection }, id) => {
      const users = await Users.open(connection);
      if ((await users.find(id)) !== undefined) await users.edit(id, { write: [] });
      await users.delete(id);
    },
  },
};

export const accountOperations: readonly CrashOperation[] = [
  tenantCreate,
  tenantEdit,
  tenantDelete,
  userCreate,
  userEdit,
  userSetPassword,
  userAddKey,
  userDelete,
];

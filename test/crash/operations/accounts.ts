import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Tenants, Users } from "@oxbow/platform";
import type { Yard } from "../yard.ts";
import type { CrashOperation, Observed } from "./operation.ts";

const quotas = { streamsMax: 10, storageBytesMax: 1_000_000, description: "made to be killed" };
const changes = { streamsMax: 20, connectionsMax: 5, messagesPerSecondMax: 1_000 };
const stored = ["one", "two", "three"] as const;

/** A tenant, and what is stored in the account that tenants have here. */
async function observeTenant(yard: Yard, id: string): Promise<Observed> {
  const found = await yard.tenants.find(id);
  const { streams } = await jetstreamManager(yard.tenant);
  const kept: unknown[] = [];
  for await (const { config, state } of streams.list()) kept.push([config.name, state.messages]);
  const { createdAt: _, problems = [], ...tenant } = { ...found } as Record<string, unknown>;
  return { view: { tenant, kept }, problems: problems as string[] };
}

async function clearTenant(yard: Yard, id: string): Promise<void> {
  const { streams } = await jetstreamManager(yard.tenant);
  for await (const name of streams.names()) await streams.delete(name);
  const empty = (): Promise<void> => Promise.resolve();
  await (await Tenants.open(yard.connection, { empty })).delete(id);
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
    const js = jetstream(yard.tenant);
    const { streams } = await js.jetstreamManager();
    for (const name of stored) {
      await streams.add({ name, subjects: [name] });
      await js.publish(name, id);
    }
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
  return { view: { user, hasKeys: keys.length > 0 }, problems: [] };
}

async function clearUser(yard: Yard, id: string): Promise<void> {
  await yard.users.delete(id);
}

async function prepareUser(yard: Yard, id: string): Promise<void> {
  await yard.users.create(id, { ...asked, password: null });
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

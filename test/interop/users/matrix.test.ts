import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { Groups, Stations, Tenants, type UserRequest, Users } from "@oxbow/platform";
import { ControlClient } from "oxbow/control";
import { Scene, whenWelcome } from "./scene.ts";

const orders = { station: "prod.orders" };
const token = "prod#orders";

/** What is done with a station of one partition, by the control API or as plain clients do it. */
const deeds: Readonly<Record<string, (nc: NatsConnection) => Promise<unknown>>> = {
  publish: (nc) => jetstream(nc).publish(`${token}.k`, "x"),
  "consume by JetStream": async (nc) => {
    const reply = await nc.request(
      `$JS.API.CONSUMER.MSG.NEXT.${token}.billing`,
      '{"batch":1,"no_wait":true}',
    );
    return reply.headers?.code;
  },
  "consume by the control API": (nc) =>
    new ControlClient(nc).call("group.create", { ...orders, group: "billing" }, {}),
  "look at messages": async (nc) => (await nc.request(`$JS.API.STREAM.INFO.${token}`)).json(),
  "read dead letters": (nc) => new ControlClient(nc).call("deadLetter.list", orders, {}),
  resend: (nc) =>
    new ControlClient(nc).call("deadLetter.foreseeResend", orders, {
      filter: {},
      to: "group",
    } as never),
  purge: (nc) => new ControlClient(nc).call("station.purge", orders, {}),
  "purge by JetStream": async (nc) => (await jetstreamManager(nc)).streams.purge(token),
  edit: (nc) => new ControlClient(nc).call("station.edit", orders, { description: "x" }),
  delete: (nc) => new ControlClient(nc).call("station.delete", { station: "prod.none" }, {}),
  "delete by JetStream": async (nc) => (await jetstreamManager(nc)).streams.delete("prod#none"),
  admin: (nc) => new ControlClient(nc).call("deadLetter.setRetention", {}, {} as never),
};

const application = [
  "publish",
  "consume by JetStream",
  "consume by the control API",
  "look at messages",
  "read dead letters",
];
const operator = [...application, "resend", "purge", "edit"];
/** By hand: what each may do that is let at `prod.*`. */
const oracle: Readonly<
  Record<string, { readonly request: UserRequest; readonly may: readonly string[] }>
> = {
  application: { request: {}, may: application },
  viewer: { request: { role: "viewer" }, may: ["look at messages", "read dead letters"] },
  operator: { request: { role: "operator" }, may: operator },
  admin: { request: { role: "admin" }, may: [...operator, "delete"] },
  owner: { request: { role: "owner" }, may: Object.keys(deeds) },
};

/** Whether the server let it through, whatever then became of it. */
async function isLet(nc: NatsConnection, deed: string): Promise<boolean> {
  try {
    await deeds[deed]?.(nc);
    return true;
  } catch (error) {
    const texts = [error, (error as Error).cause].map(String).join(" ");
    return !/permissions violation/i.test(texts);
  }
}

suite("who may do what with a station", () => {
  for (const [who, { request, may }] of Object.entries(oracle)) {
    test(who, async () => {
      await using scene = await Scene.open();
      const guest = await scene.connect();
      await (await Stations.open(guest)).create("prod.orders");
      await (await Groups.open(guest)).create("prod.orders", "billing");
      await (await Tenants.open(guest)).create("acme");
      const users = await Users.open(guest);
      const others = await Users.open(guest, { tenant: "acme" });
      const prod = { ...request, read: ["prod.*"], write: ["prod.*"] };
      const enter = async (from: Users, name: string, asked: UserRequest) => {
        const { user, password } = await from.create(name, asked);
        return whenWelcome(scene, { user: user.login, pass: password ?? "" });
      };
      const allowed = await enter(users, "allowed", prod);
      const elsewhere = await enter(users, "elsewhere", {
        ...request,
        read: ["test.*"],
        write: ["test.*"],
      });
      const stranger = await enter(others, "stranger", prod);
      for (const deed of Object.keys(deeds)) {
        assert.equal(await isLet(allowed, deed), may.includes(deed), deed);
        // An owner is not held to patterns.
        assert.equal(await isLet(elsewhere, deed), who === "owner", `elsewhere: ${deed}`);
      }
      // Another tenant's is another station of the name, which is not there.
      if (who === "owner") {
        const names = await Array.fromAsync((await jetstreamManager(stranger)).streams.names());
        assert.equal(names.includes(token), false);
      }
      await assert.rejects(jetstream(stranger).publish(`${token}.k`, "x"));

      const closed = [allowed.closed(), stranger.closed()];
      await users.delete("allowed");
      await others.edit("stranger", { isDisabled: true });
      await Promise.all(closed);
      await guest.flush();
    });
  }
});

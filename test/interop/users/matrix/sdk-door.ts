import { connect, type Oxbow } from "oxbow";
import { type Door, helpfulDenial } from "./door.ts";

const station = "prod.orders";

export const sdkDoor: Door = {
  name: "SDK",
  denial: helpfulDenial,
  async enter({ port }, credentials) {
    const ox = await connect({ servers: `127.0.0.1:${port}`, credentials });
    const { admin } = ox;
    const orders = ox.station(station, { codec: "text" });
    return {
      stay: () => Promise.resolve({ gone: closed(ox) }),
      deeds: {
        publish: () => orders.produce("x"),
        consume: async () => {
          const [message] = await orders.fetch(1, { group: "billing", create: false });
          if (message === undefined) throw new Error("no message");
          message.ack();
        },
        "read dead letters": () => admin.deadLetters.list(station, {}),
        resend: () =>
          admin.deadLetters.resend(station, { filter: {}, keep: true, delayMs: 86_400_000 }),
        purge: () => admin.stations.purge(station, { key: "none" }),
        edit: () => admin.stations.edit(station, { description: "by the SDK" }),
        delete: () => admin.stations.delete("prod.doomed"),
        admin: () => Array.fromAsync(admin.users.list()),
      },
      [Symbol.asyncDispose]: async () => {
        await ox.close();
      },
    };
  },
};

async function closed(ox: Oxbow): Promise<string> {
  for await (const status of ox.status()) if (status.type === "closed") return String(status.error);
  return "";
}

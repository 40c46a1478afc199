import { jetstream } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { patient } from "../../support/deadline.ts";
import type { Door } from "./door.ts";

/** A plain client, which asks the control API with its own hands. */
export const natsDoor: Door = {
  name: "NATS",
  denial: /Permissions Violation.+prod#(?:orders|doomed)|Permissions Violation.+\$OXBOW\.API\./i,
  async enter({ port }, { user, password: pass }) {
    const nc = await connect({ port, user, pass, reconnect: false });
    const ask =
      (subject: string, body: object = {}) =>
      () =>
        request(nc, subject, body);
    return {
      stay: async () => {
        await nc.flush();
        return { gone: nc.closed().then(String) };
      },
      deeds: {
        publish: () => jetstream(nc).publish("prod#orders.k", "x"),
        consume: () => consume(nc),
        "read dead letters": ask("DEADLETTER.LIST.prod#orders"),
        resend: ask("DEADLETTER.RESEND.prod#orders", {
          filter: {},
          keep: true,
          delayMs: 86_400_000,
        }),
        purge: ask("STATION.PURGE.prod#orders", { key: "none" }),
        edit: ask("STATION.EDIT.prod#orders", { description: "by NATS" }),
        delete: ask("STATION.DELETE.prod#doomed"),
        admin: ask("USER.LIST"),
      },
      [Symbol.asyncDispose]: () => nc.close(),
    };
  },
};

async function request(nc: NatsConnection, subject: string, body: object): Promise<unknown> {
  const answer = await nc.request(`$OXBOW.API.${subject}`, JSON.stringify(body), patient);
  const { error, ...rest } = answer.json() as { error?: { code: string; message: string } };
  if (error !== undefined) throw new Error(`${error.code}: ${error.message}`);
  return rest;
}

async function consume(nc: NatsConnection): Promise<void> {
  const subject = "$JS.API.CONSUMER.MSG.NEXT.prod#orders.billing";
  const body = '{"batch":1,"expires":10000000000}';
  // What is delivered has the subject that it was published to, and comes to an inbox of its own only.
  const message = await nc.request(subject, body, { ...patient, noMux: true });
  if (message.reply === undefined || message.reply === "") {
    throw new Error(`no message: ${message.headers?.description}`);
  }
  await nc.request(message.reply, "+ACK", patient);
}

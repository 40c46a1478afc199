import type { NatsConnection } from "@nats-io/nats-core";

/** Who the engine has let in. */
export async function whoIs(
  connection: NatsConnection,
): Promise<{ readonly user: string; readonly account: string }> {
  const answer = await connection.request("$SYS.REQ.USER.INFO", "", { timeout: 5_000 });
  const { data } = answer.json<{
    readonly data: { readonly user: string; readonly account: string };
  }>();
  return { user: data.user, account: data.account };
}

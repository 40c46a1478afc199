import { headers, type NatsConnection, nuid } from "@nats-io/nats-core";
import { subjectOf } from "oxbow/control";
import type { ControlRequest } from "../operations/operation.ts";

/** As a server says who asks. */
const asker = JSON.stringify({ user: "tester", acc: "$G", host: "127.0.0.1", name: "test", id: 1 });

/**
 * Asks the platform; never resolves if nobody answers.
 *
 * @returns What it answers, `{ error }` among it.
 */
export async function ask(
  connection: NatsConnection,
  { operation, names, body }: ControlRequest,
): Promise<unknown> {
  const inbox = `_INBOX.${nuid.next()}`;
  const answers = connection.subscribe(inbox, { max: 1 });
  const told = headers();
  told.set("Nats-Request-Info", asker);
  const options = { reply: inbox, headers: told };
  connection.publish(subjectOf(operation, names as never), JSON.stringify(body), options);
  for await (const answer of answers) {
    if (answer.headers?.code === 503) throw new Error(`nobody answers to ${operation}`);
    return answer.json();
  }
  return undefined;
}

import type { NatsConnection } from "@nats-io/nats-core";
import { z } from "zod";
import { subjectMatches } from "../subject-matches.ts";

const lists = z.object({
  allow: z.array(z.string()).nullish(),
  deny: z.array(z.string()).nullish(),
});
const shape = z.object({
  data: z.object({ permissions: z.object({ publish: lists.nullish() }).nullish() }),
});

/** Whether the user of a connection may publish to a subject, as the server says. */
export async function mayPublish(connection: NatsConnection, subject: string): Promise<boolean> {
  const answer = await connection.request("$SYS.REQ.USER.INFO");
  const { allow, deny } = shape.parse(answer.json()).data.permissions?.publish ?? {};
  const isIn = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => subjectMatches(pattern, subject));
  if (isIn(deny ?? [])) return false;
  return allow === undefined || allow === null || isIn(allow);
}

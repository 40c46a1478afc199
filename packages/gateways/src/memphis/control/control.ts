import { type Logger, OxbowError } from "@oxbow/base";
import { createConsumer, destroyConsumer } from "./consumers.ts";
import type { ControlContext } from "./context.ts";
import { denialOf } from "./denied.ts";
import { createProducer, destroyProducer } from "./producers.ts";
import { Refusal } from "./refusal.ts";
import { attachSchema, createSchema, detachSchema } from "./schemas.ts";
import { createStation, destroyStation } from "./stations.ts";
import { keepUnsent } from "./unsent.ts";

interface Handler {
  readonly handle: (context: ControlContext, body: Buffer) => Promise<string | undefined>;
  /** How an error is told: as it is, or as the property `error` of JSON. */
  readonly style: "text" | "json";
}

const handlers: Readonly<Record<string, Handler>> = {
  $memphis_station_creations: { handle: createStation, style: "text" },
  $memphis_station_destructions: { handle: destroyStation, style: "text" },
  $memphis_producer_creations: { handle: createProducer, style: "json" },
  $memphis_producer_destructions: { handle: destroyProducer, style: "text" },
  $memphis_consumer_creations: { handle: createConsumer, style: "json" },
  $memphis_consumer_destructions: { handle: destroyConsumer, style: "text" },
  $memphis_schema_creations: { handle: createSchema, style: "json" },
  $memphis_schema_attachments: { handle: attachSchema, style: "text" },
  $memphis_schema_detachments: { handle: detachSchema, style: "text" },
  $memphis_schemaverse_dls: { handle: keepUnsent, style: "text" },
};

/** Answers a control request; `undefined` for one that means nothing here. */
export async function answerControl(
  context: ControlContext,
  logger: Logger,
  subject: string,
  body: Buffer,
): Promise<string | undefined> {
  const handler = Object.hasOwn(handlers, subject) ? handlers[subject] : undefined;
  if (handler === undefined) {
    logger.debug({ subject }, "a client of Memphis has asked for something that Oxbow has not");
    return `Oxbow has nothing for ${subject}`;
  }
  try {
    await context.account.check(context.user);
    return await handler.handle(context, body);
  } catch (error) {
    const text = textOf(error, context);
    const isAnswer = error instanceof Refusal || error instanceof OxbowError;
    const fields = { subject, user: context.user, err: error };
    logger[isAnswer ? "debug" : "warn"](fields, "a request of Memphis has failed");
    return handler.style === "json" ? JSON.stringify({ error: text }) : text;
  }
}

function textOf(error: unknown, { user }: ControlContext): string {
  const denial = denialOf(error, user);
  if (denial !== undefined) return denial;
  return error instanceof Error && error.message !== "" ? error.message : "the request has failed";
}

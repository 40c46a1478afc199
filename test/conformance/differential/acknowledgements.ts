import {
  api,
  ask,
  createConsumer,
  createStream,
  lastReply,
  pull,
  type Request,
} from "../support/differential.ts";

const next: Request = pull("I_S.c", { batch: 1, no_wait: true });
const state: Request = api("CONSUMER.INFO.I_S.c");

/** Each way to answer a message, and what the consumer is like after it. */
export const acknowledgements: readonly Request[] = [
  createStream({ name: "I_S", subjects: ["i.*"], storage: "memory" }),
  ...["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((body) => ask("i.a", body)),
  createConsumer("I_S", { name: "c", durable_name: "c", ack_policy: "explicit", max_deliver: 3 }),
  ...["", "+ACK", "+OK", "-NAK", "+WPI", "+TERM", "+TERM because", "nonsense"].flatMap((word) => [
    next,
    ask(lastReply, word),
    state,
  ]),
  next,
  ask(lastReply, '-NAK {"delay": 60000000000}'),
  state,
  next,
  { subject: lastReply, body: '+NXT {"batch": 1, "no_wait": true}' },
  state,
  api("STREAM.DELETE.I_S"),
];

import type { Page, PageRequest } from "../types/common.ts";
import type { Consumer, ConsumerFilter, Producer, ProducerFilter } from "../types/presence.ts";
import { type Entries, type Operation, read } from "./operation.ts";

/** What is asked about who produces and consumes. */
export interface PresenceOperations {
  "producer.list": Operation<[], PageRequest & ProducerFilter, Page<Producer>>;
  "consumer.list": Operation<[], PageRequest & ConsumerFilter, Page<Consumer>>;
}

export const presenceOperations: Entries<PresenceOperations> = {
  "producer.list": {
    ...read,
    subject: "PRODUCER.LIST",
    names: [],
    summary: "lists the producers that are there by station and name, plain clients among them",
    request: "PageRequest & ProducerFilter",
    response: "Page<Producer>",
  },
  "consumer.list": {
    ...read,
    subject: "CONSUMER.LIST",
    names: [],
    summary: "lists the members of groups that are there by station, group and name",
    request: "PageRequest & ConsumerFilter",
    response: "Page<Consumer>",
  },
};

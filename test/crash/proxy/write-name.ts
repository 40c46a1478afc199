import { apiPrefix, operationNames, operations } from "oxbow/control";

const changes =
  /^\$JS\.API\.(STREAM\.(?:CREATE|UPDATE|DELETE|PURGE|MSG\.DELETE)|CONSUMER\.(?:CREATE|DURABLE\.CREATE|DELETE|PAUSE|RESET))\.([^.]+)(?:\.([^.]+))?/;
/** Consumers of these are how they are read. */
const readByConsumers = /^(?:KV_.*|OXBOW_AUDIT)$/;
/** A name that the server gives to a consumer that goes by itself, by which a stream is looked at. */
const passing = /^[A-Za-z0-9]{8}$/;

const requested = new Map(
  operationNames
    .filter((name) => operations[name].isChange)
    .map((name) => [`${apiPrefix}${operations[name].subject}`, name]),
);

/** What a request of a client to the platform changes; `undefined` if it changes nothing. */
export function requestName(subject: string): string | undefined {
  const [start = "", api = "", noun = "", verb = "", ...names] = subject.split(".");
  const name = requested.get([start, api, noun, verb].join("."));
  return name && `${name} ${names.join(" / ")}`.trimEnd();
}

/**
 * What a message of a platform to its server changes, in words that name the step; `undefined` if it changes nothing:
 * questions, requests for messages, and answers to who asked the platform.
 */
export function writeName(subject: string): string | undefined {
  const [, action = "", stream = "", consumer] = changes.exec(subject) ?? [];
  if (action !== "") {
    const isOfConsumer = action.startsWith("CONSUMER.");
    const isPassing = consumer === undefined || passing.test(consumer);
    if (isOfConsumer && (isPassing || readByConsumers.test(stream))) return undefined;
    const place = isOfConsumer ? `${stream} / ${consumer}` : stream;
    return `${action.toLowerCase().replaceAll(/[._]/g, " ")} ${place}`;
  }
  if (/^(?:\$JS\.API\.|_INBOX\.|\$SRV\.|\$JS\.FC\.)/.test(subject)) return undefined;
  if (subject.startsWith("$OXBOW.AUDIT.")) return "record";
  if (subject.startsWith("$JS.ACK.")) return "acknowledgement";
  return `write ${subject}`;
}

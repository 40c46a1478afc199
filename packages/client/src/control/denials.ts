import { isOwnStream } from "../stations/own-streams.ts";
import { rightOf } from "./operation-rights.ts";
import { type OperationName, operationNames, operations } from "./operations.ts";
import { type Right, rights, roles } from "./rights.ts";
import { apiPrefix, nameOfToken, namesInSubject } from "./subjects.ts";

/** What somebody may not do. */
export interface Denial {
  /** `everywhere` is what takes an admin of all stations. */
  readonly right: Right | "everywhere";
  /** Of the control API, if it was asked for there. */
  readonly operation?: OperationName | undefined;
  readonly station?: string | undefined;
}

const streamRights: Readonly<Record<string, Right>> = {
  "CONSUMER.MSG.NEXT": "consume",
  "CONSUMER.CREATE": "consume",
  "CONSUMER.DURABLE.CREATE": "consume",
  "CONSUMER.DELETE": "manageGroups",
  "CONSUMER.INFO": "look",
  "CONSUMER.NAMES": "look",
  "CONSUMER.LIST": "look",
  "STREAM.INFO": "see",
  "STREAM.MSG.GET": "look",
  "DIRECT.GET": "look",
};
const streamRequest = new RegExp(
  `^\\$JS\\.API\\.(${Object.keys(streamRights).join("|").replaceAll(".", "\\.")})\\.([^.]+)`,
);
const acknowledgement = /^\$JS\.ACK\.([^.]+)\./;
const streamList = /^\$JS\.API\.STREAM\.(?:NAMES|LIST)$/;
const streamChange = /^\$JS\.API\.STREAM\.[A-Z]/;

/**
 * What a user lacks, and how to get it.
 *
 * @param who - The name of the user, if it is known.
 */
export function denialText({ right, operation, station }: Denial, who?: string): string {
  const asked = operation === undefined ? "" : ` (${operation})`;
  const needs: string[] = [];
  const flags: string[] = [];
  let doing = "do that";
  if (station !== undefined && isOwnStream(station)) {
    const name = who === undefined ? "this user" : `user ${who}`;
    return `${name} may not ${right === "everywhere" ? doing : rights[right].doing} ${station}${asked}: the platform keeps it for itself, and it takes the role owner`;
  }
  if (right === "everywhere") {
    needs.push("the role admin, and * among the stations that it may read and write");
    flags.push("--role admin --read '*' --write '*'");
  } else {
    const { stations, from, applications, doing: what } = rights[right];
    doing = station === undefined ? what : `${what} the station ${station}`;
    if (from !== null) {
      needs.push(`${applications ? "an application or " : ""}${rolesFrom(from)}`);
      flags.push(`--role ${from}`);
    }
    if (stations !== "none" && station !== undefined) {
      const verbs = stations === "either" ? "read or write to" : verbOf(stations);
      needs.push(`${station} among the stations that it may ${verbs}`);
      flags.push(`--${stations === "write" ? "write" : "read"} ${station}`);
    }
  }
  const takes = needs.length === 0 ? "a permission" : needs.join(", and ");
  const how = `oxbow user edit ${who ?? "USER"} ${flags.join(" ")}`.trim();
  return `${who === undefined ? "this user" : `user ${who}`} may not ${doing}${asked}: it takes ${takes}. An admin gives that with "${how}"`;
}

/**
 * The same for a subject that a server has refused.
 *
 * @param operation - What was refused.
 */
export function explainDenial(
  operation: "publish" | "subscription",
  subject: string,
  who?: string,
): string {
  const name = who === undefined ? "this user" : `user ${who}`;
  const permission = `the permission to ${operation === "publish" ? "publish" : "subscribe"} to "${subject}"`;
  if (streamList.test(subject)) {
    return `${name} may not see all streams: "oxbow station list" shows the stations that it may see, and who is let at all stations (--read '*') sees all streams, as does who has ${permission}`;
  }
  const denial = denialIn(operation, subject);
  if (denial !== undefined) {
    return `${denialText(denial, who)}; a user of the server's configuration needs ${permission}`;
  }
  if (operation === "publish" && streamChange.test(subject)) {
    return `${name} may not change streams: stations are made, changed and deleted by the control API, as with "oxbow station"; otherwise it takes ${permission}, which owners have`;
  }
  return `${name} may not do that: it takes ${permission}, which owners have and whoever keeps the server's configuration gives`;
}

/** `undefined` for a subject that is about no station, and no operation. */
function denialIn(operation: "publish" | "subscription", subject: string): Denial | undefined {
  if (subject.startsWith(apiPrefix)) return operationIn(subject);
  const request = streamRequest.exec(subject);
  if (request !== null) {
    const [, what = "", stream = ""] = request;
    const right = streamRights[what];
    return right && { right, station: stationOfStream(stream) };
  }
  const [, acknowledged] = acknowledgement.exec(subject) ?? [];
  if (acknowledged !== undefined) {
    return { right: "consume", station: stationOfStream(acknowledged) };
  }
  const [token = ""] = subject.split(".", 1);
  if (/^[$_*>]|^$/.test(token)) return undefined;
  const right = operation === "publish" ? "publish" : "look";
  return { right, station: stationOfStream(token) };
}

function operationIn(subject: string): Denial | undefined {
  const operation = operationNames.find((name) => {
    const { subject: own, names } = operations[name];
    const tokens = subject.slice(apiPrefix.length).split(".");
    const wanted = own.split(".");
    return (
      tokens.length === wanted.length + names.length &&
      wanted.every((token, index) => token === tokens[index])
    );
  });
  if (operation === undefined) return undefined;
  const { station } = namesInSubject(operation, subject) as { readonly station?: string };
  return { right: rightOf(operation), operation, station };
}

function stationOfStream(stream: string): string {
  return nameOfToken(stream.replace(/\$\d+$/, ""));
}

function rolesFrom(from: (typeof roles)[number]): string {
  const enough = roles.slice(roles.indexOf(from));
  const last = enough.pop();
  return `the role ${enough.length === 0 ? last : `${enough.join(", ")} or ${last}`}`;
}

function verbOf(stations: "read" | "write"): string {
  return stations === "read" ? "read" : "write to";
}

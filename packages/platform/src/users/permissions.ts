import { apiPrefix, operationNames, operations } from "oxbow/control";
import { announcementPattern, askSubject, type Right, rightOf } from "oxbow/internal";
import { type Access, hasRight, patternsFor, rulesAll, seesAll } from "./access.ts";
import { controlGlob, streamGlobs } from "./station-pattern.ts";

/** Permissions as Oxbow's engine takes them: `patterns` have wildcards inside of tokens, which nats-server has not. */
export interface UserPermissions {
  readonly publish: {
    readonly patterns?: readonly string[];
    readonly deny: readonly string[];
    readonly denyPatterns?: readonly string[];
  };
  readonly subscribe: { readonly patterns?: readonly string[]; readonly deny: readonly string[] };
  /** Whether answers may only be asked for where the user may subscribe. */
  readonly limitsReplies: boolean;
}

/** What the platform keeps for itself, which only owners get at but through the platform. */
const ownStreams: readonly string[] = ["OXBOW_*", "KV_oxbow*", "OBJ_oxbow*"];
/** Of these nobody changes anything, the owner neither. */
const guardedStreams: readonly string[] = [
  "KV_oxbow_accounts",
  "OXBOW_AUDIT",
  "KV_oxbow_notifications",
  "KV_oxbow_ingest",
];
const guardedSubjects: readonly string[] = [
  "$KV.oxbow_accounts.>",
  "$OXBOW.AUDIT.>",
  "$KV.oxbow_notifications.>",
  "$KV.oxbow_ingest.>",
];
const inboxes: readonly string[] = ["_INBOX.*", "_INBOX.*.>"];

/** Makes the permissions of somebody who may do what `access` says. */
export function permissionsOf(access: Access): UserPermissions {
  const denied = [...guardedSubjects, ...apiOf(guardedStreams)];
  if (access.role === "owner") {
    const subscribe = { deny: [...guardedSubjects] };
    return { publish: { deny: denied }, subscribe, limitsReplies: false };
  }
  return {
    publish: {
      patterns: [
        ...published(access),
        ...acknowledged(access),
        ...jetstreamRequests(access),
        ...controlRequests(access),
        ...announced(access),
        "$SYS.REQ.USER.INFO",
      ],
      deny: denied,
      denyPatterns: ownStreams.flatMap((stream) => [
        ...apiOf([stream]),
        ...["$JS.ACK", "$JS.FC", "$OXBOW.API.*.*"].flatMap((start) => [
          `${start}.${stream}`,
          `${start}.${stream}.>`,
        ]),
      ]),
    },
    subscribe: {
      patterns: [
        ...inboxes,
        askSubject,
        ...globsFor(access, "look").flatMap((glob) => [glob, `${glob}.>`]),
      ],
      deny: [...guardedSubjects],
    },
    limitsReplies: true,
  };
}

/** The streams of the stations for which it has a right. */
function globsFor(access: Access, right: Right): string[] {
  if (!hasRight(access, right)) return [];
  return (patternsFor(access, right) ?? []).flatMap(streamGlobs);
}

function published(access: Access): string[] {
  return globsFor(access, "publish").flatMap((glob) => [glob, `${glob}.>`]);
}

/** What those say who take messages: that they are done with one, or can't do anything with it. */
function acknowledged(access: Access): string[] {
  const given = (hasRight(access, "consume") ? access.read : []).map(controlGlob);
  return [
    ...globsFor(access, "consume").flatMap((glob) => [`$JS.ACK.${glob}.>`, `$JS.FC.${glob}.>`]),
    ...given.map((glob) => `$OXBOW.DL.${glob}.consumer`),
  ];
}

/** That it is a producer, or a member of a group. */
function announced(access: Access): string[] {
  const globsOf = (right: Right): string[] =>
    hasRight(access, right) ? (patternsFor(access, right) ?? []).map(controlGlob) : [];
  return [
    ...globsOf("publish").map((glob) => announcementPattern("producer", glob)),
    ...globsOf("consume").map((glob) => announcementPattern("consumer", glob)),
  ];
}

/**
 * Requests that clients make of JetStream to consume. Streams are made, changed, purged and deleted through the control
 * API only: in the configuration of a stream one can have it take messages from any other.
 */
function jetstreamRequests(access: Access): string[] {
  const api = "$JS.API";
  return [
    `${api}.INFO`,
    ...globsFor(access, "see").map((glob) => `${api}.STREAM.INFO.${glob}`),
    ...globsFor(access, "look").flatMap((glob) => [
      `${api}.STREAM.MSG.GET.${glob}`,
      `${api}.DIRECT.GET.${glob}`,
      `${api}.DIRECT.GET.${glob}.>`,
      `${api}.CONSUMER.INFO.${glob}.*`,
      `${api}.CONSUMER.NAMES.${glob}`,
      `${api}.CONSUMER.LIST.${glob}`,
    ]),
    ...globsFor(access, "consume").flatMap((glob) => [
      `${api}.CONSUMER.MSG.NEXT.${glob}.*`,
      // Whoever leaves a partition of a group that is ordered by key lets another member have it at once.
      `${api}.CONSUMER.UNPIN.${glob}.*`,
      `${api}.CONSUMER.CREATE.${glob}`,
      `${api}.CONSUMER.CREATE.${glob}.>`,
      `${api}.CONSUMER.DURABLE.CREATE.${glob}.*`,
    ]),
    ...globsFor(access, "manageGroups").map((glob) => `${api}.CONSUMER.DELETE.${glob}.*`),
    ...(seesAll(access) ? [`${api}.STREAM.NAMES`, `${api}.STREAM.LIST`] : []),
  ];
}

function controlRequests(access: Access): string[] {
  return operationNames.flatMap((operation) => {
    const right = rightOf(operation);
    const { subject, names } = operations[operation];
    const start = `${apiPrefix}${subject}`;
    if (right === "everywhere") {
      return rulesAll(access) ? [[start, ...names.map(() => "*")].join(".")] : [];
    }
    if (!hasRight(access, right)) return [];
    const patterns = patternsFor(access, right);
    const stations = patterns?.map(controlGlob) ?? ["*"];
    const kinds: readonly string[] = names;
    if (!kinds.includes("station")) return [[start, ...kinds.map(() => "*")].join(".")];
    return stations.map((glob) =>
      [start, ...kinds.map((kind) => (kind === "station" ? glob : "*"))].join("."),
    );
  });
}

/** All requests of JetStream's API about streams, and about their consumers. */
function apiOf(streams: readonly string[]): string[] {
  return streams.flatMap((stream) =>
    ["$JS.API.*.*", "$JS.API.*.*.*"].flatMap((start) => [
      `${start}.${stream}`,
      `${start}.${stream}.>`,
    ]),
  );
}

const station: Readonly<Record<string, string>> = {
  tags: "Words that it is found by, each once.",
  storage: "Where messages are kept. It stays.",
  replicas: "Copies, in a cluster.",
  partitions: "It stays: the partition of a key depends on it.",
  maxAgeMs: "How long messages are kept; 0 for ever.",
  maxMessages: "Messages that are kept, all partitions together; `null` for any number.",
  maxBytes: "Bytes that are kept, all partitions together; `null` for any number.",
  untilAcknowledged:
    "Whether a message goes once every group has acknowledged it, or at once where there is none.",
  discard: "At a limit: drop the oldest messages, or refuse `new` ones.",
  keepPerKey: "Compaction: messages that are kept of each key; `null` for any number.",
  messageBytesMax:
    "Bytes of the largest message with its headers; `null` for what the server takes.",
  duplicatesBy:
    "What makes a message the same as an earlier one, so that it is stored once: its `id`, or its `content`, which is its key and its payload.",
  duplicateWindowMs:
    "How long that is remembered, not longer than messages are; `null` for as long as the message itself.",
  deadLetterReasons:
    "Which messages become dead letters: those that were delivered as often as their group says (`exhausted`), that a member gave up (`terminated`), and that were not let in (`refused`).",
  deadLetterMaxAgeMs:
    "How long dead letters are kept at most; 0 for as long as any are kept at all.",
  deadLetterStation: "A station that each dead letter is copied to; `null` for none.",
  settings: "Of stations that say nothing of them.",
  messages: "Those that are removed, 1 to 1,000.",
  sort: "What they are sorted by; `name` by default.",
};

const group: Readonly<Record<string, string>> = {
  keys: "Only messages whose key matches one of these, with `*` and `>`; none for all messages.",
  maxAckTimeMs: "How long a member has to acknowledge a message before it is delivered again.",
  maxDeliveries: "How often a message is delivered at most; `null` for ever.",
  backoffMs:
    "How long to wait before the second, third … delivery; empty for `maxAckTimeMs` always.",
  maxInFlight:
    "Messages of each partition that are delivered and not acknowledged; `null` for any number.",
  orderedByKey:
    "Whether messages of a key are handled one at a time and in their order, over all members. It stays.",
  tracePercent:
    "Of how many acknowledgements in a hundred it is written down when they came, for the journeys of messages.",
  start: "Where it starts. It stays: a living group is rewound.",
  from: "Which place: `sequence`, `time` and `last` say more beside.",
  sequence: "The first message of this sequence or a later one, in each partition.",
  time: "The first message that was stored at this time or later.",
  messages: "Before the last messages, so many in each partition.",
  until: "When it goes on by itself.",
  to: "Where it goes on.",
};

const schema: Readonly<Record<string, string>> = {
  text: "The schema itself, in its format.",
  messageName: "Of Protobuf: which message of the file; by default its first.",
  references: "What the text itself refers to; what that refers to is found.",
  name: "What it is called in the text, or the name of the record in Avro.",
  "references.version": "The number of its version.",
  schema: "The name of the schema.",
  format: "What it is written in.",
  compatibility:
    "What new versions are to allow; by default `backward`: who reads by the new one can read what was written by the last.",
  isActivated: "Whether it becomes the active one at once. The first one does in any case.",
  version: "The number of a version; by default the active one.",
  payload: "A message to try; left out, only the text is looked at.",
  encoding: "How the message is written here; `text` by default.",
  payloadEncoding: "How an Avro message is written; `binary` by default.",
  samples: "Values of JSON, as texts, 1 to 1,000.",
  from: "The number of a version.",
  to: "The number of another version.",
};

const attachment: Readonly<Record<string, string>> = {
  schema: "The name of the schema.",
  mode: "What is done with a message that does not fit: refused (`enforce`, by default), let in with a header that says what is wrong (`warn`), or kept as a dead letter while its producer is told that it is stored (`divert`).",
  version:
    "The number of a version for ever, or the one that is `active`, now and later, by default.",
  encoding: "How Avro messages are written; `binary` by default.",
};

const deadLetter: Readonly<Record<string, string>> = {
  filter: "Which dead letters; all that it says holds for them.",
  reason: "Only those that died for this reason.",
  ids: "Only these, 1 to 10,000.",
  isDryRun: "Only count.",
  edit: "What is changed of each message.",
  payload: "Another payload.",
  encoding: "How the payload is written here; `text` by default.",
  headers: "Headers that are set, or taken out with `null`.",
  delayMs: "How long it waits before it begins; 0 by default, at most 30 days.",
  resendsMax: "Leaves those out that were resent so often.",
  keep: "Keeps the dead letters; by default one goes as soon as its message is stored again.",
  to: "To the `group` that they died for and no other, by default, or to all groups of the `station`.",
  id: "Of the dead letter, or of the resend.",
  maxMessages: "Dead letters that are kept; `null` for any number.",
  maxBytes: "Bytes of dead letters that are kept; `null` for any number.",
};

const user: Readonly<Record<string, string>> = {
  role: "With it, the user manages stations; with `null` it is an application.",
  read: "Patterns of stations whose messages it may read: `prod.*`. By default all for who manages, and none for an application.",
  write: "Patterns of stations that it may write to, likewise.",
  expiresAt: "When it is of no use any more; `null` for never.",
  isDisabled: "Whether it is kept out for now.",
  mayExport:
    "Whether it may take messages away as a file, as far as its role goes: from `operator` on. By default it may.",
  password: "8 to 256 characters; a random one if it is left out; `null` for none.",
  id: "Of the access key.",
};

const tenant: Readonly<Record<string, string>> = {
  streamsMax: "Partitions of all its stations; `null` for any number.",
  consumersMax: "Groups, one for each partition; `null` for any number.",
  storageBytesMax: "Bytes that it stores in files; `null` for any number.",
  memoryBytesMax: "Bytes that it stores in memory; `null` for any number.",
  connectionsMax: "Connections of its users at a time; `null` for any number.",
  messagesPerSecondMax:
    "Messages that its users publish, all together: beyond, they are slowed down; `null` for any number.",
};

const notification: Readonly<Record<string, string>> = {
  to: "Where notifications go.",
  "to.to": "Addresses that the mail is for.",
  kind: "What takes them.",
  url: "Whoever has it can write there. It is not told again but for its server.",
  secret:
    "That webhooks are signed with: `whsec_` and 24 to 64 bytes in base64; a random one by default.",
  host: "The server that takes mail.",
  port: "465 for `tls`, else 587.",
  security: "Encrypted from the start, after STARTTLS, by default, or not at all.",
  user: "Whom the server of mail lets in; `null` where it asks for none.",
  password: "Of that user. It is told to nobody.",
  from: "The address that the mail comes from.",
  station: "Each notification is a message there, with JSON.",
  perMinuteMax: "Notifications in a minute; more of them wait. 30 by default.",
  isPaused: "While it is paused, what is due is left out.",
  when: "What it is about.",
  channels: "Names of the channels that are told.",
  stations: "Patterns of stations that it is about: `prod.*`. All by default.",
  groups: "Patterns of groups that it is about. All by default.",
  lagMessagesMax: "Of `groupLag`: messages that a group may be behind.",
  lagMsMax: "Of `groupLag`: how long a group may be behind.",
  idleMs: "Of `stationIdle`: how long nothing may come.",
  fullPercent: "Of `storageFilling`: how full is too full; 85 by default.",
  quietMs:
    "At most one notification of the same thing in this time, 5 minutes by default; those left out are counted in the next one.",
};

const ingest: Readonly<Record<string, string>> = {
  verify:
    "How it is made sure that a request comes from its sender; by default by nothing but the URL.",
  kind: "Who sends, or how it is signed.",
  secret:
    "That the sender signs with, 8 to 512 characters; a random one by default, where senders take one.",
  header: "The header that has the signature.",
  algorithm: "Of the HMAC.",
  encoding: "How the signature is written.",
  prefix: "What stands before the signature in its header, such as `sha256=`.",
  timestampHeader:
    "The header that has the time, in seconds or milliseconds since 1970: then what is signed is the time, a dot and the body.",
  toleranceMs: "How far the time may be away.",
  idHeader: "The header that is the id of the message.",
  headers: "Headers of requests that go along with the message, beside those that are usual.",
  isPaused: "While it is paused, requests are refused with 503, so that senders try again.",
  what: "What is made anew: by default the secret where requests are signed, else the URL.",
  graceMs: "How long the old one is taken too, up to 30 days; a day by default.",
};

const message: Readonly<Record<string, string>> = {
  messages: "Each of them, in their order.",
  encoding: "How the payload is written here; `text` by default.",
  headers: "Headers of the message, each with one value or several.",
  count: "How many at most.",
  token: "That the message was fetched with.",
  outcome: "What became of it; `done` by default.",
  texts: "Each one message, in JSON.",
  order: "Which come first.",
  from: "Where it begins; `sequence` and `time` take its place.",
  format: "What the file is made of.",
};

const others: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  session: {
    user: "Its name; that of the owner of the server may be empty.",
    password: "Of that user.",
    id: "Of the session.",
  },
  kv: {
    storage: "Where values are kept.",
    from: "Where it begins.",
    key: "Tokens with dots between them.",
  },
  object: { storage: "Where objects are kept.", name: "Of the object." },
  request: { subject: "Whoever answers on it is asked." },
  system: {
    log: "How much is written: the level.",
    offset: "How many are left out at the beginning.",
    limit: "How many at most.",
    id: "Of the connection.",
  },
};

const everywhere: Readonly<Record<string, string>> = {
  description: "For people.",
  station: "The name of a station.",
  group: "The name of a group.",
  schema: "The name of a schema.",
  user: "The name of a user.",
  tenant: "The name of a tenant.",
  channel: "The name of a channel.",
  rule: "The name of a rule.",
  ingest: "The name of an ingest URL.",
  bucket: "The name of a bucket, or of a store.",
  partition: "The number of a partition, from 1.",
  sequence: "The place of a message in its partition.",
  version: "The number of a version, from 1.",
  key: "The key of the message.",
  limit: "How many at most.",
  format: "What the file is made of.",
};

const byTag: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ...{
    station,
    group,
    schema,
    attachment,
    deadLetter,
    user,
    tenant,
    notification,
    ingest,
    message,
  },
  ...others,
};

/**
 * What a field or parameter of a request is for, where its shape does not say it.
 *
 * @param tag - What the operation is about.
 * @param trail - Names of the fields that lead to it, its own the last.
 */
export function wordsFor(tag: string, trail: readonly string[]): string | undefined {
  const words = byTag[tag] ?? {};
  const name = trail.at(-1) ?? "";
  return words[trail.join(".")] ?? words[name] ?? everywhere[name];
}

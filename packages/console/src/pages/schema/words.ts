import type { AttachmentMode, CompatibilityMode, SchemaFormat } from "oxbow/control";

export const formatNames: Readonly<Record<SchemaFormat, string>> = {
  json: "JSON Schema",
  avro: "Avro",
  protobuf: "Protobuf",
  graphql: "GraphQL",
};

export interface Words {
  readonly title: string;
  readonly text: string;
}

/** What a promise means for who writes and who reads. */
export const compatibilityWords: Readonly<Record<CompatibilityMode, Words>> = {
  none: {
    title: "None",
    text: "Any version may follow any other. Programs that read old or new messages may break: whoever adds a version has to know them all.",
  },
  backward: {
    title: "Backward",
    text: "Who reads with a new version understands what was written with the one before. Update those that read first, then those that write. You may leave fields out and add optional ones.",
  },
  "backward-transitive": {
    title: "Backward, all versions",
    text: "Who reads with a new version understands what was written with any version before, so that a station can be read from its beginning. Update those that read first.",
  },
  forward: {
    title: "Forward",
    text: "Who still reads with the version before understands what is written with the new one. Update those that write first, then those that read. You may add fields and leave optional ones out.",
  },
  "forward-transitive": {
    title: "Forward, all versions",
    text: "Who still reads with any version before understands what is written with the new one. Update those that write first.",
  },
  full: {
    title: "Full",
    text: "Backward and forward with the version before: those that write and those that read can be updated in any order. Only optional fields come and go.",
  },
  "full-transitive": {
    title: "Full, all versions",
    text: "Backward and forward with every version before: any program of any age understands every message. Only optional fields come and go.",
  },
};

/** What a station does with a message that does not fit. */
export const modeWords: Readonly<Record<AttachmentMode, Words>> = {
  enforce: {
    title: "Refuse",
    text: "Who sends a message that does not fit is told so; the message is kept as a dead letter.",
  },
  divert: {
    title: "Divert",
    text: "It is taken and becomes a dead letter; who sends it is not told.",
  },
  warn: { title: "Warn", text: "It is stored all the same, and a notice is sent." },
};

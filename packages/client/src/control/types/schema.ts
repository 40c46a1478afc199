export type SchemaFormat = "json" | "avro" | "protobuf" | "graphql";

/** What new versions must allow: old data read by new readers (backward), new data by old ones (forward), or both. */
export type CompatibilityMode =
  | "none"
  | "backward"
  | "backward-transitive"
  | "forward"
  | "forward-transitive"
  | "full"
  | "full-transitive";

/** What a station does with a message that does not fit: refuse it, let it in and say so, keep it as a dead letter. */
export type AttachmentMode = "enforce" | "warn" | "divert";

/** How Avro messages are written. */
export type PayloadEncoding = "binary" | "json";

/** What a version refers to. */
export interface SchemaReference {
  /** As the text refers to it: the `$ref` of JSON Schema, the `import` of Protobuf, the full name of an Avro type. */
  readonly name: string;
  /** The schema that is meant, of the same format. */
  readonly schema: string;
  readonly version: number;
}

/** What a version is asked to be. */
export interface VersionRequest {
  readonly text: string;
  /** Protobuf: which message of the file; by default its first. */
  readonly messageName?: string;
  /** What the text itself refers to; what that refers to is found. */
  readonly references?: readonly SchemaReference[];
}

/** A version to add. */
export interface AddVersionRequest extends VersionRequest {
  /** Whether it becomes the active one at once. The first one does in any case. */
  readonly isActivated?: boolean;
}

/** What a schema is asked to be. With a text it has a first version, which is active. */
export interface SchemaRequest extends Partial<VersionRequest> {
  readonly format: SchemaFormat;
  /** By default `backward`, as in Kafka's registry: readers with a new version can read what was written with the last. */
  readonly compatibility?: CompatibilityMode;
}

/** A version of a schema. It never changes. */
export interface SchemaVersion {
  /** From 1. The number of a version that was deleted does not come again. */
  readonly number: number;
  readonly isActive: boolean;
  /** Bytes of its text. */
  readonly bytes: number;
  readonly messageName?: string | undefined;
  readonly references: readonly SchemaReference[];
  readonly createdAt: string;
}

/** A schema as it is now. */
export interface Schema {
  readonly name: string;
  readonly format: SchemaFormat;
  readonly compatibility: CompatibilityMode;
  /** The version that stations use which are not pinned to one; there is none before the first. */
  readonly activeVersion?: number | undefined;
  readonly createdAt: string;
  /** Oldest first. */
  readonly versions: readonly SchemaVersion[];
}

/** A number of a version. */
export interface VersionNumber {
  readonly version: number;
}

/** The text of a version. */
export interface SchemaText extends VersionNumber {
  readonly name: string;
  readonly format: SchemaFormat;
  readonly text: string;
  readonly messageName?: string | undefined;
  readonly references: readonly SchemaReference[];
}

/** Which version's text is asked for. */
export interface TextRequest {
  /** By default the active one. */
  readonly version?: number;
}

/** What new versions are to allow. */
export interface CompatibilityRequest {
  readonly compatibility: CompatibilityMode;
}

/** Two versions. */
export interface DiffRequest {
  readonly from: number;
  readonly to: number;
}

/** Something that breaks between a new version of a schema and one that there is. */
export interface SchemaBreak {
  /** The version that there is. */
  readonly version: number;
  /** Who can't read: with the new version what is there, or with the other one what will be. */
  readonly direction: "backward" | "forward";
  /** Where in the schema; empty for all of it. */
  readonly path: string;
  /** Why, in words. */
  readonly message: string;
  /** All of this in one sentence. */
  readonly description: string;
}

/** What would break. */
export interface SchemaBreaks {
  readonly breaks: readonly SchemaBreak[];
}

/** How two versions differ. */
export interface SchemaDiff extends SchemaBreaks {
  readonly from: number;
  readonly to: number;
  /** The lines that differ, as a unified diff; empty if none do. */
  readonly lines: string;
}

/** A text, and a message that is tried against it. Nothing of it is kept. */
export interface TryRequest extends Partial<VersionRequest> {
  /** Which version, if no text is given; by default the active one. */
  readonly version?: number;
  /** Of the text; by default that of the schema, which need not be there if this is given. */
  readonly format?: SchemaFormat;
  /** The message; left out, only the text is looked at. */
  readonly payload?: string;
  /** How it is written here; `text` by default. */
  readonly encoding?: "text" | "base64";
  /** How an Avro message is written, `binary` by default. */
  readonly payloadEncoding?: PayloadEncoding;
}

/** What is wrong with the text of a schema. */
export interface SchemaProblem {
  readonly message: string;
  /** From 1, where the parser of the format tells it: that of JSON does not. */
  readonly line: number | null;
  readonly column: number | null;
}

/** Why a message does not fit. */
export interface SchemaViolation {
  /** Where in the message, as a JSON pointer; empty for all of it. */
  readonly path: string;
  /** The rule that it breaks: a keyword of JSON Schema, the name of a type. */
  readonly rule: string;
  readonly message: string;
  /** All of this in one line. */
  readonly description: string;
}

/** What came of it. */
export interface SchemaTrial {
  /** `null` if the text is a schema. */
  readonly problem: SchemaProblem | null;
  /** `null` if the message fits, or none was given. */
  readonly violation: SchemaViolation | null;
}

/** Messages that a schema is to be made for. */
export interface GenerateRequest {
  readonly format: "json" | "avro";
  /** JSON values as text, 1 to 1,000. */
  readonly samples: readonly string[];
  /** The name of the record in Avro; `Message` by default. */
  readonly name?: string;
}

/** A text that the samples fit. */
export interface GeneratedSchema {
  readonly format: "json" | "avro";
  readonly text: string;
}

/** How a station is to use a schema. */
export interface AttachmentRequest {
  readonly schema: string;
  /** What is done with a message that does not fit; refused by default. */
  readonly mode?: AttachmentMode;
  /** The version for ever, or the one that is active, now and later; the latter by default. */
  readonly version?: number | "active";
  /** How Avro messages are written, binary by default. Other formats have no choice. */
  readonly encoding?: PayloadEncoding;
}

/** A schema that a station uses. */
export interface Attachment {
  readonly station: string;
  readonly schema: string;
  /** The version for ever, or the one that is active. */
  readonly version: number | "active";
  readonly mode: AttachmentMode;
  /** How Avro messages are written; absent for other formats. */
  readonly encoding?: PayloadEncoding | undefined;
}

/** What a station uses: nothing, or a schema. */
export interface AttachmentState {
  readonly attachment: Attachment | null;
}

/** Which attachments are listed. */
export interface AttachmentFilter {
  /** Only those of this schema. */
  readonly schema?: string;
}

import type { Deleted, NameFilter, Nothing, Page, PageRequest } from "../types/common.ts";
import type {
  AddVersionRequest,
  CompatibilityRequest,
  DiffRequest,
  GeneratedSchema,
  GenerateRequest,
  Schema,
  SchemaBreaks,
  SchemaDiff,
  SchemaRequest,
  SchemaText,
  SchemaTrial,
  SchemaVersion,
  TextRequest,
  TryRequest,
  VersionNumber,
  VersionRequest,
} from "../types/schema.ts";
import { change, type Entries, none, type Operation, ofSchema, read } from "./operation.ts";

/** What is asked about schemas. */
export interface SchemaOperations {
  "schema.create": Operation<["schema"], SchemaRequest, Schema>;
  "schema.list": Operation<[], PageRequest & NameFilter, Page<Schema>>;
  "schema.get": Operation<["schema"], Nothing, Schema>;
  "schema.text": Operation<["schema"], TextRequest, SchemaText>;
  "schema.addVersion": Operation<["schema"], AddVersionRequest, SchemaVersion>;
  "schema.check": Operation<["schema"], VersionRequest, SchemaBreaks>;
  "schema.diff": Operation<["schema"], DiffRequest, SchemaDiff>;
  "schema.try": Operation<["schema"], TryRequest, SchemaTrial>;
  "schema.generate": Operation<[], GenerateRequest, GeneratedSchema>;
  "schema.activate": Operation<["schema"], VersionNumber, Schema>;
  "schema.setCompatibility": Operation<["schema"], CompatibilityRequest, Schema>;
  "schema.deleteVersion": Operation<["schema"], VersionNumber, Deleted>;
  "schema.delete": Operation<["schema"], Nothing, Deleted>;
}

export const schemaOperations: Entries<SchemaOperations> = {
  "schema.create": {
    ...change,
    subject: "SCHEMA.CREATE",
    names: ofSchema,
    summary: "makes a schema, with a first version if there is a text",
    request: "SchemaRequest",
    response: "Schema",
  },
  "schema.list": {
    ...read,
    subject: "SCHEMA.LIST",
    names: [],
    summary: "lists schemas by name",
    request: "PageRequest & NameFilter",
    response: "Page<Schema>",
  },
  "schema.get": {
    ...read,
    subject: "SCHEMA.GET",
    names: ofSchema,
    summary: "describes a schema and its versions",
    request: none,
    response: "Schema",
  },
  "schema.text": {
    ...read,
    subject: "SCHEMA.TEXT",
    names: ofSchema,
    summary: "gives the text of a version",
    request: "TextRequest",
    response: "SchemaText",
  },
  "schema.addVersion": {
    ...change,
    subject: "SCHEMA.ADD_VERSION",
    names: ofSchema,
    summary: "adds a version, unless it breaks what the schema promises",
    request: "AddVersionRequest",
    response: "SchemaVersion",
  },
  "schema.check": {
    ...read,
    subject: "SCHEMA.CHECK",
    names: ofSchema,
    summary: "tells what would break if a version were added",
    request: "VersionRequest",
    response: "SchemaBreaks",
  },
  "schema.diff": {
    ...read,
    subject: "SCHEMA.DIFF",
    names: ofSchema,
    summary: "tells how two versions differ, and who can't read what",
    request: "DiffRequest",
    response: "SchemaDiff",
  },
  "schema.try": {
    ...read,
    subject: "SCHEMA.TRY",
    names: ofSchema,
    summary: "tells what is wrong with a text, and whether a message fits it or a version",
    request: "TryRequest",
    response: "SchemaTrial",
  },
  "schema.generate": {
    ...read,
    subject: "SCHEMA.GENERATE",
    names: [],
    summary: "makes the text of a schema that samples of messages fit",
    request: "GenerateRequest",
    response: "GeneratedSchema",
  },
  "schema.activate": {
    ...change,
    subject: "SCHEMA.ACTIVATE",
    names: ofSchema,
    summary: "makes a version the active one, be it later or earlier",
    request: "VersionNumber",
    response: "Schema",
  },
  "schema.setCompatibility": {
    ...change,
    subject: "SCHEMA.SET_COMPATIBILITY",
    names: ofSchema,
    summary: "changes what new versions must allow",
    request: "CompatibilityRequest",
    response: "Schema",
  },
  "schema.deleteVersion": {
    ...change,
    subject: "SCHEMA.DELETE_VERSION",
    names: ofSchema,
    summary: "deletes a version that nobody uses",
    request: "VersionNumber",
    response: "Deleted",
  },
  "schema.delete": {
    ...change,
    subject: "SCHEMA.DELETE",
    names: ofSchema,
    summary: "deletes a schema that nobody uses",
    request: none,
    response: "Deleted",
  },
};

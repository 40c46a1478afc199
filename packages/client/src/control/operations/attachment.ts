import type { Deleted, Nothing, Page, PageRequest } from "../types/common.ts";
import type {
  Attachment,
  AttachmentFilter,
  AttachmentRequest,
  AttachmentState,
} from "../types/schema.ts";
import { change, type Entries, none, type Operation, ofStation, read } from "./operation.ts";

/** What is asked about attachments. */
export interface AttachmentOperations {
  "attachment.set": Operation<["station"], AttachmentRequest, Attachment>;
  "attachment.get": Operation<["station"], Nothing, AttachmentState>;
  "attachment.list": Operation<[], PageRequest & AttachmentFilter, Page<Attachment>>;
  "attachment.delete": Operation<["station"], Nothing, Deleted>;
}

export const attachmentOperations: Entries<AttachmentOperations> = {
  "attachment.set": {
    ...change,
    subject: "ATTACHMENT.SET",
    names: ofStation,
    summary: "has a station use a schema, instead of the one it uses",
    request: "AttachmentRequest",
    response: "Attachment",
  },
  "attachment.get": {
    ...read,
    subject: "ATTACHMENT.GET",
    names: ofStation,
    summary: "tells which schema a station uses",
    request: none,
    response: "AttachmentState",
  },
  "attachment.list": {
    ...read,
    subject: "ATTACHMENT.LIST",
    names: [],
    summary: "lists the schemas that stations use, by station",
    request: "PageRequest & AttachmentFilter",
    response: "Page<Attachment>",
  },
  "attachment.delete": {
    ...change,
    subject: "ATTACHMENT.DELETE",
    names: ofStation,
    summary: "has a station use no schema",
    request: none,
    response: "Deleted",
  },
};

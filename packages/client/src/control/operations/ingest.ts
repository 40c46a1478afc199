import type { Deleted, Nothing, Page, PageRequest } from "../types/common.ts";
import type {
  Ingest,
  IngestChanges,
  IngestRequest,
  IngestRotation,
  IngestWithSecret,
} from "../types/ingest.ts";
import {
  change,
  type Entries,
  none,
  type Operation,
  ofIngest,
  ofStation,
  read,
} from "./operation.ts";

/** What is asked about ingest URLs. */
export interface IngestOperations {
  "ingest.create": Operation<["station", "ingest"], IngestRequest, IngestWithSecret>;
  "ingest.list": Operation<["station"], PageRequest, Page<Ingest>>;
  "ingest.get": Operation<["station", "ingest"], Nothing, Ingest>;
  "ingest.edit": Operation<["station", "ingest"], IngestChanges, Ingest>;
  "ingest.rotate": Operation<["station", "ingest"], IngestRotation, IngestWithSecret>;
  "ingest.delete": Operation<["station", "ingest"], Nothing, Deleted>;
}

export const ingestOperations: Entries<IngestOperations> = {
  "ingest.create": {
    ...change,
    subject: "INGEST.CREATE",
    names: ofIngest,
    summary: "makes a URL by which webhooks become messages of a station",
    request: "IngestRequest",
    response: "IngestWithSecret",
  },
  "ingest.list": {
    ...read,
    subject: "INGEST.LIST",
    names: ofStation,
    summary: "lists the ingest URLs of a station by name, without their secrets",
    request: "PageRequest",
    response: "Page<Ingest>",
  },
  "ingest.get": {
    ...read,
    subject: "INGEST.GET",
    names: ofIngest,
    summary: "describes an ingest URL, without its secrets",
    request: none,
    response: "Ingest",
  },
  "ingest.edit": {
    ...change,
    subject: "INGEST.EDIT",
    names: ofIngest,
    summary: "changes an ingest URL; what is not given stays",
    request: "IngestChanges",
    response: "Ingest",
  },
  "ingest.rotate": {
    ...change,
    subject: "INGEST.ROTATE",
    names: ofIngest,
    summary: "gives an ingest URL another secret, or another URL; the old one is taken for a while",
    request: "IngestRotation",
    response: "IngestWithSecret",
  },
  "ingest.delete": {
    ...change,
    subject: "INGEST.DELETE",
    names: ofIngest,
    summary: "deletes an ingest URL, which takes nothing from then on",
    request: none,
    response: "Deleted",
  },
};

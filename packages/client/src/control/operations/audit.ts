import type { AuditAnswer, AuditQuestion } from "../types/audit.ts";
import { type Entries, type Operation, read } from "./operation.ts";

/** What is asked about audit. */
export interface AuditOperations {
  "audit.query": Operation<[], AuditQuestion, AuditAnswer>;
}

export const auditOperations: Entries<AuditOperations> = {
  "audit.query": {
    ...read,
    subject: "AUDIT.QUERY",
    names: [],
    summary: "tells who has changed what, in the order in which it was begun",
    request: "AuditQuestion",
    response: "AuditAnswer",
  },
};

import { errorFactory, type OxbowError } from "@oxbow/base";

/** Why an archive was refused. */
export type ArchiveErrorCode = "ARCHIVE_INVALID";

const archiveErrorOf = errorFactory<ArchiveErrorCode>({
  ARCHIVE_INVALID: { kind: "corrupt", retryable: false },
});

/** The bytes are not an archive of nats-server's, or are damaged; `what` says which part. */
export function archiveError(what: string): OxbowError {
  return archiveErrorOf("ARCHIVE_INVALID", what);
}

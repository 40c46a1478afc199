import { formatGoDuration } from "@oxbow/wire/go-text";
import { isValidSubject, subjectIsSubset, subjectsOverlap } from "../../subjects/subject.ts";
import { accepted, type Checked, type JsApiError, jsError, refused } from "./errors.ts";
import type { JetStreamLimits } from "./limits.ts";
import { METADATA_SIZE_MAX, metadataSize } from "./metadata.ts";
import { DESCRIPTION_SIZE_MAX, isValidAssetName, NAME_SIZE_MAX } from "./names.ts";
import { checkMirror, checkOrigins, checkSources } from "./origin-checks.ts";
import type { StreamConfig, StreamConfigRequest } from "./stream-config.ts";
import type { StreamContext, StreamDraft } from "./stream-draft.ts";
import { checkRepublish, checkSubjectTransform } from "./subject-rewrite-checks.ts";

/** Shortest `max_age` and `duplicate_window`, in nanoseconds. */
const AGE_MIN = 100_000_000n;
/** Duplicate window where neither the request nor a limit says otherwise: 2 minutes. */
const DUPLICATE_WINDOW_DEFAULT = 120_000_000_000n;
const DELETE_MARKER_TTL_MIN = 1_000_000_000n;
const REPLICAS_MAX = 5;

type Step = (draft: StreamDraft, context: StreamContext) => JsApiError | undefined;

/** In the order of nats-server, so that a request with several faults gets the same error from both. */
const steps: readonly Step[] = [
  checkNames,
  checkReplicas,
  fillLimits,
  checkAges,
  checkPurgeRights,
  checkCounter,
  checkDiscardPerSubject,
  checkDeleteMarkers,
  checkSchedules,
  checkPersistMode,
  checkMirror,
  checkSources,
  checkOrigins,
  checkSubjects,
  checkBytes,
  checkSubjectTransform,
  checkRepublish,
  checkPlacement,
];

/**
 * Checks a stream configuration and fills in defaults. Whether subjects overlap with those of other streams is left to the
 * caller.
 *
 * @param find - Finds other streams of the account, which this one may mirror or source.
 */
export function validateStreamConfig(
  request: StreamConfigRequest,
  limits: JetStreamLimits,
  find: StreamContext["find"] = () => undefined,
): Checked<StreamConfig> {
  const { pedantic, ...draft }: { pedantic: boolean } & StreamDraft = { ...request };
  const context: StreamContext = { isPedantic: pedantic, limits, find };
  for (const step of steps) {
    const error = step(draft, context);
    if (error !== undefined) return refused(error);
  }
  return accepted(draft);
}

function invalid(err: string): JsApiError {
  return jsError(10052, { err });
}

function checkNames(draft: StreamDraft): JsApiError | undefined {
  if (!isValidAssetName(draft.name)) {
    return invalid("stream name is required and can not contain '.', '*', '>', '\\', '/'");
  }
  if (Buffer.byteLength(draft.name) > NAME_SIZE_MAX) {
    return invalid(`stream name is too long, maximum allowed is ${NAME_SIZE_MAX}`);
  }
  if (Buffer.byteLength(draft.description) > DESCRIPTION_SIZE_MAX) {
    return invalid(`stream description is too long, maximum allowed is ${DESCRIPTION_SIZE_MAX}`);
  }
  if (metadataSize(draft.metadata) > METADATA_SIZE_MAX) {
    return invalid(`stream metadata exceeds maximum size of ${METADATA_SIZE_MAX} bytes`);
  }
  return undefined;
}

function checkReplicas(draft: StreamDraft): JsApiError | undefined {
  if (draft.num_replicas === 0) draft.num_replicas = 1;
  if (draft.num_replicas > REPLICAS_MAX) return invalid(`maximum replicas is ${REPLICAS_MAX}`);
  return draft.num_replicas < 0 ? jsError(10133) : undefined;
}

const limitNames = [
  "max_msgs",
  "max_msgs_per_subject",
  "max_bytes",
  "max_msg_size",
  "max_consumers",
] as const;

/** Makes every way to say "no limit" a -1. */
function fillLimits(draft: StreamDraft, { isPedantic }: StreamContext): JsApiError | undefined {
  for (const name of limitNames) {
    if (draft[name] > 0) continue;
    if (isPedantic && draft[name] < -1) {
      return jsError(10157, { err: `${name} must be set to -1` });
    }
    draft[name] = -1;
  }
  return undefined;
}

function checkAges(draft: StreamDraft, context: StreamContext): JsApiError | undefined {
  const { max_age: maxAge } = draft;
  if (maxAge < 0n) return invalid("max age can not be negative");
  if (maxAge !== 0n && maxAge < AGE_MIN) return invalid("max age needs to be >= 100ms");
  return fillDuplicateWindow(draft, context) ?? checkDuplicateWindow(draft, context);
}

function fillDuplicateWindow(draft: StreamDraft, context: StreamContext): JsApiError | undefined {
  if (draft.duplicate_window !== 0n || draft.mirror !== null || draft.sources.length > 0) {
    return undefined;
  }
  const { isPedantic, limits } = context;
  let window = DUPLICATE_WINDOW_DEFAULT;
  if (limits.duplicateWindowMax > 0n && window > limits.duplicateWindowMax) {
    if (isPedantic) {
      return jsError(10157, { err: "duplicate window limits are higher than current limits" });
    }
    window = limits.duplicateWindowMax;
  }
  if (draft.max_age !== 0n && draft.max_age < window) {
    if (isPedantic) {
      return jsError(10157, { err: "duplicate window cannot be bigger than max age" });
    }
    window = draft.max_age;
  }
  draft.duplicate_window = window;
  return undefined;
}

function checkDuplicateWindow(
  draft: StreamDraft,
  { limits }: StreamContext,
): JsApiError | undefined {
  const { duplicate_window: window } = draft;
  if (window < 0n) return invalid("duplicates window can not be negative");
  if (draft.max_age !== 0n && window > draft.max_age) {
    return invalid("duplicates window can not be larger then max age");
  }
  if (limits.duplicateWindowMax > 0n && window > limits.duplicateWindowMax) {
    const max = formatGoDuration(limits.duplicateWindowMax);
    return invalid(`duplicates window can not be larger then server limit of ${max}`);
  }
  if (window > 0n && window < AGE_MIN) return invalid("duplicates window needs to be >= 100ms");
  return undefined;
}

function checkPurgeRights(draft: StreamDraft): JsApiError | undefined {
  const isContrary = draft.deny_purge && draft.allow_rollup_hdrs;
  return isContrary ? invalid("roll-ups require the purge permission") : undefined;
}

function checkCounter(draft: StreamDraft): JsApiError | undefined {
  if (!draft.allow_msg_counter) return undefined;
  if (draft.discard === "new") return invalid("counter stream cannot use discard new");
  if (draft.allow_msg_ttl) return invalid("counter stream cannot use message TTLs");
  if (draft.allow_msg_schedules) return invalid("counter stream cannot use message schedules");
  if (draft.retention !== "limits") return invalid("counter stream can only use limits retention");
  return undefined;
}

function checkDiscardPerSubject(draft: StreamDraft): JsApiError | undefined {
  if (!draft.discard_new_per_subject) return undefined;
  if (draft.discard !== "new") {
    return invalid("discard new per subject requires discard new policy to be set");
  }
  if (draft.max_msgs_per_subject <= 0) {
    return invalid("discard new per subject requires max msgs per subject > 0");
  }
  return undefined;
}

function checkDeleteMarkers(
  draft: StreamDraft,
  { isPedantic }: StreamContext,
): JsApiError | undefined {
  const { subject_delete_marker_ttl: ttl } = draft;
  if (ttl < 0n) return invalid("subject delete marker TTL must not be negative");
  if (ttl === 0n) return undefined;
  if (ttl < DELETE_MARKER_TTL_MIN) {
    return invalid("subject delete marker TTL must be at least 1 second");
  }
  if (isPedantic && !draft.allow_msg_ttl) {
    return invalid("subject delete marker cannot be set if message TTLs are disabled");
  }
  draft.allow_msg_ttl = true;
  if (isPedantic && !draft.allow_rollup_hdrs) {
    return invalid("subject delete marker cannot be set if roll-ups are disabled");
  }
  allowRollups(draft);
  return undefined;
}

function checkSchedules(draft: StreamDraft, { isPedantic }: StreamContext): JsApiError | undefined {
  if (!draft.allow_msg_schedules) return undefined;
  if (draft.discard === "new") return invalid("message scheduling cannot use discard new");
  if (isPedantic && !draft.allow_rollup_hdrs) {
    return invalid("message scheduling cannot be set if roll-ups are disabled");
  }
  allowRollups(draft);
  return undefined;
}

function allowRollups(draft: StreamDraft): void {
  if (draft.allow_rollup_hdrs) return;
  draft.allow_rollup_hdrs = true;
  draft.deny_purge = false;
}

function checkPersistMode(draft: StreamDraft): JsApiError | undefined {
  if (draft.persist_mode !== "async") return undefined;
  if (draft.storage !== "file") {
    return invalid("async persist mode is only supported on file storage");
  }
  if (draft.num_replicas > 1) {
    return invalid("async persist mode is not supported on replicated streams");
  }
  if (draft.allow_atomic) {
    return invalid("async persist mode is not supported with atomic batch publish");
  }
  return undefined;
}

function checkSubjects(draft: StreamDraft): JsApiError | undefined {
  if (draft.subjects.length === 0) {
    if (draft.mirror === null && draft.sources.length === 0) draft.subjects = [draft.name];
    return undefined;
  }
  const seen = new Set<string>();
  for (const [index, subject] of draft.subjects.entries()) {
    if (!isValidSubject(subject)) return invalid("invalid subject");
    if (seen.has(subject)) return invalid("duplicate subjects detected");
    const reserved = reservedSubjectProblem(subject, draft);
    if (reserved !== undefined) return invalid(reserved);
    const other = draft.subjects.slice(index + 1).find((later) => subjectsOverlap(later, subject));
    if (other !== undefined) return invalid(`subject "${subject}" overlaps with "${other}"`);
    seen.add(subject);
  }
  return undefined;
}

/** Capturing requests and events of the server would acknowledge them; only a stream that does not may. */
function reservedSubjectProblem(subject: string, draft: StreamDraft): string | undefined {
  if (subject === ">" && !draft.no_ack) return "capturing all subjects requires no-ack to be true";
  if (subject === ">" && draft.num_replicas !== 1) {
    return "capturing all subjects requires replicas of 1";
  }
  if (draft.no_ack) return undefined;
  const isApi = ["$JS.>", "$JSC.>", "$NRG.>"].some((space) => subjectsOverlap(subject, space));
  if (isApi && !subjectIsSubset(subject, "$JS.EVENT.>")) {
    return "subjects that overlap with jetstream api require no-ack to be true";
  }
  if (subjectsOverlap(subject, "$SYS.>") && !subjectIsSubset(subject, "$SYS.ACCOUNT.>")) {
    return "subjects that overlap with system api require no-ack to be true";
  }
  return undefined;
}

function checkBytes(draft: StreamDraft, { limits }: StreamContext): JsApiError | undefined {
  if (limits.requiresMaxBytes && draft.max_bytes <= 0) return jsError(10113);
  const max =
    draft.storage === "memory" ? limits.memoryStreamBytesMax : limits.storageStreamBytesMax;
  return max > 0 && draft.max_bytes > max ? jsError(10122) : undefined;
}

function checkPlacement(draft: StreamDraft): JsApiError | undefined {
  const { placement } = draft;
  if (placement === null) return undefined;
  if (placement.preferred !== "") return invalid("preferred server not permitted in placement");
  if (placement.cluster === "" && placement.tags === null) draft.placement = null;
  return undefined;
}

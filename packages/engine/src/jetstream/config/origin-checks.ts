import { encodeText } from "../../json/encode.ts";
import {
  isValidLiteral,
  isValidSubject,
  subjectIsSubset,
  subjectsOverlap,
} from "../../subjects/subject.ts";
import { checkMapping } from "../../subjects/subject-transform.ts";
import { isSameInstant } from "../../time/timestamp.ts";
import { SourceName } from "../sourcing/source-name.ts";
import { type JsApiError, jsError } from "./errors.ts";
import { isValidAssetName } from "./names.ts";
import type { StreamConfig, StreamSource } from "./stream-config.ts";
import type { StreamContext, StreamDraft } from "./stream-draft.ts";

const API_PREFIX = "$JS.API";

/** What a mirror may not be, and its origin. */
export function checkMirror(draft: StreamDraft, context: StreamContext): JsApiError | undefined {
  const { mirror } = draft;
  if (mirror === null) return undefined;
  return (
    mirrorConflict(draft) ??
    (isConsumerBroken(mirror) ? jsError(10213) : undefined) ??
    mirrorFilterProblem(draft, mirror) ??
    (mirror.external === null ? visibleMirrorProblem(draft, mirror, context) : undefined)
  );
}

function mirrorConflict(draft: StreamDraft): JsApiError | undefined {
  if (draft.first_seq > 0) return jsError(10143);
  if (draft.subjects.length > 0) return jsError(10034);
  if (draft.sources.length > 0) return jsError(10031);
  if (draft.allow_msg_counter) return jsError(10173);
  if (draft.allow_atomic) return jsError(10198);
  if (draft.allow_batched) return jsError(10209);
  return draft.allow_msg_schedules ? jsError(10186) : undefined;
}

function mirrorFilterProblem(draft: StreamDraft, mirror: StreamSource): JsApiError | undefined {
  const { subject_transforms: transforms } = mirror;
  if (mirror.filter_subject !== "" && transforms.length > 0) return jsError(10150);
  if (draft.subject_delete_marker_ttl > 0n) {
    return invalid("subject delete markers forbidden on mirrors");
  }
  for (const [index, { src, dest }] of transforms.entries()) {
    if (src !== "" && !isValidSubject(src)) {
      return jsError(10151, { err: `invalid subject ${src}` });
    }
    const problem = mappingProblem(src, dest);
    if (problem !== undefined) return jsError(10154, { err: problem });
    const isOverlap = transforms.some(
      (other, place) => place !== index && subjectsOverlap(src, other.src),
    );
    if (isOverlap) return jsError(10152);
  }
  return undefined;
}

/** The origin need not exist; if it does, the two have to fit. */
function visibleMirrorProblem(
  draft: StreamDraft,
  { name }: StreamSource,
  { isPedantic, find }: StreamContext,
): JsApiError | undefined {
  if (!isValidAssetName(name)) return jsError(10142);
  const origin = find(name);
  if (origin === undefined) return undefined;
  if (isTooSmall(draft, origin)) return jsError(10030);
  if (isPedantic && draft.mirror_direct !== origin.allow_direct) {
    return jsError(10157, {
      err: "origin stream has direct get set, mirror has it disabled",
    });
  }
  draft.mirror_direct = origin.allow_direct;
  return undefined;
}

/** What sources may not be. */
export function checkSources(draft: StreamDraft, { find }: StreamContext): JsApiError | undefined {
  if (draft.sources.length > 0 && draft.allow_msg_schedules) return jsError(10187);
  const ids = new Set<string>();
  const consumers = new Set<string>();
  for (const source of draft.sources) {
    if (!isValidAssetName(source.name)) return jsError(10141);
    const { id } = new SourceName(source);
    if (ids.has(id)) return jsError(10140);
    ids.add(id);
    const problem = sourceFilterProblem(source) ?? sourceConsumerProblem(source, consumers);
    if (problem !== undefined) return problem;
    const origin = source.external === null ? find(source.name) : undefined;
    if (origin !== undefined && isTooSmall(draft, origin)) return jsError(10046);
  }
  return undefined;
}

function sourceFilterProblem(source: StreamSource): JsApiError | undefined {
  const { subject_transforms: transforms } = source;
  if (source.filter_subject !== "" && transforms.length > 0) return jsError(10144);
  for (const { src, dest } of transforms) {
    if (src !== "" && !isValidSubject(src)) {
      return jsError(10145, { err: `invalid subject ${src}` });
    }
    const problem = mappingProblem(src, dest);
    if (problem !== undefined) return jsError(10146, { err: problem });
  }
  const isOverlap = transforms.some(({ src }, index) =>
    transforms.some((other, place) => place !== index && subjectIsSubset(src, other.src)),
  );
  return isOverlap ? jsError(10147) : undefined;
}

function sourceConsumerProblem(
  source: StreamSource,
  consumers: Set<string>,
): JsApiError | undefined {
  if (source.consumer === null) return undefined;
  if (isConsumerBroken(source)) return jsError(10215);
  const key = `${source.external?.api ?? ""} ${source.name} ${source.consumer.name}`;
  if (consumers.has(key)) return jsError(10216);
  consumers.add(key);
  return undefined;
}

/** Whether a consumer that exists is named, but not rightly, or beside what only one that is made could follow. */
function isConsumerBroken(origin: StreamSource): boolean {
  const { consumer } = origin;
  if (consumer === null) return false;
  if (!isValidAssetName(consumer.name) || !isValidLiteral(consumer.deliver_subject)) return true;
  return origin.opt_start_seq > 0 || origin.opt_start_time !== null || origin.filter_subject !== "";
}

/** The prefixes of origins in other accounts or domains, and streams that would feed themselves. */
export function checkOrigins(draft: StreamDraft, { find }: StreamContext): JsApiError | undefined {
  const origins = draft.mirror === null ? draft.sources : [draft.mirror, ...draft.sources];
  if (origins.length === 0) return undefined;
  const visible = origins.filter(({ external }) => external === null);
  const subjects = visible.flatMap(({ name }) => find(name)?.subjects ?? []);
  for (const { external } of origins) {
    const prefix = external?.deliver ?? "";
    if (prefix === "") continue;
    if (!isValidLiteral(prefix)) return jsError(10024, { prefix });
    const subject = subjects.find((each) => subjectsOverlap(each, `${prefix}.${each}`));
    if (subject !== undefined) return jsError(10022, { prefix, subject });
  }
  for (const { external } of origins) {
    const prefix = external?.api ?? "";
    if (prefix === "") continue;
    if (!isValidLiteral(prefix)) {
      return invalid(
        `stream external api prefix ${JSON.stringify(prefix)} must be a valid subject without wildcards`,
      );
    }
    if (subjectsOverlap(prefix, API_PREFIX)) {
      return jsError(10021, { prefix, subject: API_PREFIX });
    }
  }
  return hasCycle(draft, find) ? invalid("detected cycle") : undefined;
}

/**
 * Whether the stream feeds, over others of the account, on itself. Like nats-server it looks level by level at what each
 * feeds on, so that two that feed on the same are no cycle; but one that it has looked at already is.
 */
function hasCycle(draft: StreamConfig, find: StreamContext["find"]): boolean {
  const visited = new Set<string>();
  const toVisit: StreamConfig[] = [draft];
  for (const config of toVisit) {
    visited.add(config.name);
    const { subjects, mirror } = config;
    for (const { name, external, filter_subject: filter } of config.sources) {
      if (external !== null) continue;
      const next = find(name);
      if (!visited.has(name)) {
        if (next !== undefined) toVisit.push(next);
      } else if (filter === "" || subjects.some((each) => subjectsOverlap(each, filter))) {
        return true;
      }
    }
    if (mirror === null || mirror.external !== null) continue;
    if (visited.has(mirror.name)) return true;
    const next = find(mirror.name);
    if (next !== undefined) toVisit.push(next);
  }
  return false;
}

/** What nats-server notices only when it makes the stream: a filter that is no subject. */
export function originFilterProblem({ mirror, sources }: StreamConfig): JsApiError | undefined {
  const isBroken = ({ filter_subject: filter }: StreamSource): boolean =>
    filter !== "" && !isValidSubject(filter);
  if (mirror !== null && isBroken(mirror)) {
    const text = `subject filter '${mirror.filter_subject}' for the mirror invalid subject`;
    return jsError(10049, { err: text });
  }
  const broken = sources.find(isBroken);
  if (broken === undefined) return undefined;
  const text = `subject filter '${broken.filter_subject}' for the source: invalid subject`;
  return jsError(10049, { err: text });
}

/** Whether two ask for the same of the same origin. */
export function isSameSource(a: StreamSource, b: StreamSource | null): boolean {
  if (b === null || !isSameInstant(a.opt_start_time, b.opt_start_time)) return false;
  const comparable = (source: StreamSource): string =>
    encodeText([
      source.name,
      source.opt_start_seq,
      source.filter_subject,
      source.subject_transforms.map(({ src, dest }) => [src, dest]),
      source.external === null ? null : [source.external.api, source.external.deliver],
      source.consumer === null ? null : [source.consumer.name, source.consumer.deliver_subject],
    ]);
  return comparable(a) === comparable(b);
}

function isTooSmall({ max_msg_size: size }: StreamConfig, origin: StreamConfig): boolean {
  return size > 0 && origin.max_msg_size > 0 && size < origin.max_msg_size;
}

function mappingProblem(src: string, dest: string): string | undefined {
  try {
    checkMapping(src, dest);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function invalid(err: string): JsApiError {
  return jsError(10052, { err });
}

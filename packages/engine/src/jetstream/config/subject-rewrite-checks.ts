import { isValidSubject, subjectsOverlap } from "../../subjects/subject.ts";
import { checkMapping, checkTransform } from "../../subjects/subject-transform.ts";
import { type JsApiError, jsError } from "./errors.ts";
import type { StreamConfig } from "./stream-config.ts";
import type { StreamDraft } from "./stream-draft.ts";

/** The subjects under which messages are stored. */
export function checkSubjectTransform({
  subject_transform: transform,
}: StreamConfig): JsApiError | undefined {
  if (transform === null) return undefined;
  const { src, dest } = transform;
  if (src !== "" && !isValidSubject(src)) return jsError(10155, { err: `invalid subject ${src}` });
  const problem = problemOf(() => checkMapping(src, dest));
  return problem === undefined ? undefined : jsError(10156, { err: problem });
}

/** Where messages are published again: nowhere where they would be stored once more. */
export function checkRepublish(
  draft: StreamDraft,
  { isPedantic }: { readonly isPedantic: boolean },
): JsApiError | undefined {
  if (draft.republish === null) return undefined;
  if (draft.republish.src === "") {
    if (isPedantic) return jsError(10157, { err: "republish source can not be empty" });
    draft.republish = { ...draft.republish, src: ">" };
  }
  if (isImplicit(draft)) {
    if (isPedantic) {
      return jsError(10157, { err: "implicit republish based on subject transform" });
    }
    const dest = draft.subject_transform?.dest ?? "";
    draft.republish = { ...draft.republish, src: dest, dest };
  }
  const { src, dest } = draft.republish;
  if (draft.subjects.some((subject) => subjectsOverlap(dest, subject))) {
    return invalid("stream configuration for republish destination forms a cycle");
  }
  if (problemOf(() => checkTransform(src, dest)) === undefined) return undefined;
  const what = `from '${src}' to '${dest}'`;
  return invalid(`stream configuration for republish with transform ${what} not valid`);
}

/** Everything to everywhere: what is meant are the subjects that a transform of everything makes. */
function isImplicit({ republish, subjects, subject_transform: transform }: StreamDraft): boolean {
  const isAll = republish?.src === ">" && republish.dest === ">";
  return isAll && subjects.length === 1 && transform?.src === subjects[0];
}

function invalid(err: string): JsApiError {
  return jsError(10052, { err });
}

/** The text of what `check` throws. */
function problemOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

import type {
  DeadLetter,
  DeadLetterCauses,
  DeadLetterContent,
  DeadLetterPage,
  EditRequest,
  Resend,
  ResendElsewhere,
  StationResend,
} from "oxbow/control";
import { platformError } from "oxbow/internal";
import type { DeadLetterMessage } from "../dead-letters/dead-letter.ts";
import type { DeadLetters } from "../dead-letters/dead-letters.ts";
import type { ResendEdit, ResendRequest } from "../dead-letters/resend-request.ts";
import type { Handlers, OperationsOf } from "./handler.ts";
import { pageOf } from "./pages.ts";

/** What of an answer is not the items, or not the payload. */
const frameBytes = 1_024;

/** Almost all are about one station, which is in the subject, so that permissions can be given by it. */
export const deadLetterHandlers: Handlers<OperationsOf<"deadLetter">> = {
  "deadLetter.stations": async ({ rooms, who, request, answerBytesMax }) => {
    const isVisible = await rooms.visibleTo(who, "readDeadLetters");
    const all = await (await rooms.deadLetters()).stations();
    const own = all.filter(({ station }) => isVisible(station));
    return pageOf(own, ({ station }) => station, request, answerBytesMax);
  },

  "deadLetter.list": async ({ rooms, names, request, answerBytesMax }) => {
    const page = await (await rooms.deadLetters()).list({ ...request, station: names.station });
    return cutPage(page, answerBytesMax);
  },

  "deadLetter.count": async ({ rooms, names, request }) => ({
    count: await (await rooms.deadLetters()).count({ ...request, station: names.station }),
  }),

  "deadLetter.causes": async ({ rooms, names, request, answerBytesMax }) => {
    const which = { ...request, station: names.station };
    return cutCauses(await (await rooms.deadLetters()).causes(which), answerBytesMax);
  },

  "deadLetter.get": async ({ rooms, names, request: { id }, answerBytesMax }) => {
    const letter = await (await rooms.deadLetters()).get(id);
    if (!isOf(names.station, letter.station)) {
      const message = `station ${names.station} has no dead letter ${id}`;
      throw platformError("DEAD_LETTER_NOT_FOUND", message);
    }
    return { letter: contentOf(letter, answerBytesMax) };
  },

  "deadLetter.drop": async ({ rooms, names, request: { filter, isDryRun = false } }) => {
    const which = { ...filter, station: names.station };
    return { dropped: await (await rooms.deadLetters()).drop(which, { isDryRun }) };
  },

  "deadLetter.resend": async ({ rooms, names, request }) => {
    const { id } = request;
    const asked = resendOf(names.station, request);
    return (await rooms.deadLetters()).resend(asked, id === undefined ? {} : { id });
  },

  "deadLetter.resendElsewhere": async ({ rooms, names, request }) => {
    const { id } = request;
    const asked = resendOf(names.station, request);
    return (await rooms.deadLetters()).resend(asked, id === undefined ? {} : { id });
  },

  "deadLetter.foreseeResend": async ({ rooms, names, request }) =>
    (await rooms.deadLetters()).foreseeResend(resendOf(names.station, request)),

  "deadLetter.resends": async ({ rooms, names, request, answerBytesMax }) => {
    const all = await (await rooms.deadLetters()).resends();
    const own = all.filter(({ station }) => isOf(names.station, station));
    const keyOf = ({ createdAt, id }: Resend): string => `${createdAt} ${id}`;
    return pageOf(own, keyOf, request, answerBytesMax);
  },

  "deadLetter.getResend": async ({ rooms, names, request: { id } }) =>
    resendIn(await rooms.deadLetters(), names.station, id),

  "deadLetter.cancelResend": async ({ rooms, names, request: { id } }) => {
    const deadLetters = await rooms.deadLetters();
    await resendIn(deadLetters, names.station, id);
    return deadLetters.cancelResend(id);
  },

  "deadLetter.retention": async ({ rooms }) => (await rooms.deadLetters()).retention(),

  "deadLetter.setRetention": async ({ rooms, request }) =>
    (await rooms.deadLetters()).setRetention(request),
};

/** As many causes as an answer has room for; the rest counts as others. */
function cutCauses(
  { causes, count, others }: DeadLetterCauses,
  bytesMax: number,
): DeadLetterCauses {
  let bytes = frameBytes;
  const end = causes.findIndex((cause) => {
    bytes += Buffer.byteLength(JSON.stringify(cause)) + 1;
    return bytes > bytesMax;
  });
  if (end === -1) return { causes, count, others };
  const left = causes.slice(end).reduce((sum, cause) => sum + cause.count, others);
  return { causes: causes.slice(0, end), count, others: left };
}

function isOf(asked: string, station: string | null): boolean {
  return station === asked || station === asked.toLowerCase();
}

/** @throws OxbowError `RESEND_NOT_FOUND` for one of another station, too */
async function resendIn(deadLetters: DeadLetters, station: string, id: string): Promise<Resend> {
  const resend = await deadLetters.getResend(id);
  if (isOf(station, resend.station)) return resend;
  const message = `station ${station} has no resend ${JSON.stringify(id)}`;
  throw platformError("RESEND_NOT_FOUND", message);
}

function resendOf(
  station: string,
  { id: _, filter, edit, ...more }: StationResend | ResendElsewhere,
): ResendRequest {
  return { ...more, filter: { ...filter, station }, edit: editOf(edit) };
}

function editOf(edit: EditRequest | undefined): ResendEdit | undefined {
  if (edit === undefined) return undefined;
  const { payload, encoding = "text", headers } = edit;
  const isText = payload === undefined || encoding === "text";
  return { payload: isText ? payload : Buffer.from(payload, "base64"), headers };
}

/** As many as an answer has room for. */
function cutPage({ letters, next }: DeadLetterPage, bytesMax: number): DeadLetterPage {
  const kept: DeadLetter[] = [];
  let bytes = frameBytes;
  for (const letter of letters) {
    bytes += Buffer.byteLength(JSON.stringify(letter)) + 1;
    if (bytes > bytesMax) return { letters: kept, next: kept.at(-1)?.id ?? next };
    kept.push(letter);
  }
  return { letters: kept, next };
}

/** With as much of the payload as an answer has room for. */
function contentOf(letter: DeadLetterMessage, bytesMax: number): DeadLetterContent {
  const rest = { ...letter, payload: "", isPayloadCut: false };
  const room = bytesMax - frameBytes - Buffer.byteLength(JSON.stringify(rest));
  const size = Math.max(0, Math.floor(room / 4) * 3);
  const payload = Buffer.from(letter.payload.subarray(0, size)).toString("base64");
  return { ...rest, payload, isPayloadCut: letter.payload.length > size };
}

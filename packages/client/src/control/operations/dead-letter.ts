import type { Nothing, Page, PageRequest } from "../types/common.ts";
import type {
  DeadLetterCauses,
  DeadLetterCount,
  DeadLetterId,
  DeadLetterPage,
  DeadLetterRetention,
  DeadLettersRequest,
  Dropped,
  DropRequest,
  FoundDeadLetter,
  Resend,
  ResendCounts,
  ResendElsewhere,
  ResendId,
  StationDeadLetters,
  StationOfDeadLetters,
  StationResend,
} from "../types/dead-letter.ts";
import { change, type Entries, none, type Operation, ofStation, read } from "./operation.ts";

/** What is asked about dead letters. */
export interface DeadLetterOperations {
  "deadLetter.stations": Operation<[], PageRequest, Page<StationOfDeadLetters>>;
  "deadLetter.list": Operation<["station"], DeadLettersRequest, DeadLetterPage>;
  "deadLetter.count": Operation<["station"], StationDeadLetters, DeadLetterCount>;
  "deadLetter.causes": Operation<["station"], StationDeadLetters, DeadLetterCauses>;
  "deadLetter.get": Operation<["station"], DeadLetterId, FoundDeadLetter>;
  "deadLetter.drop": Operation<["station"], DropRequest, Dropped>;
  "deadLetter.resend": Operation<["station"], StationResend, Resend>;
  "deadLetter.resendElsewhere": Operation<["station"], ResendElsewhere, Resend>;
  "deadLetter.foreseeResend": Operation<["station"], StationResend, ResendCounts>;
  "deadLetter.resends": Operation<["station"], PageRequest, Page<Resend>>;
  "deadLetter.getResend": Operation<["station"], ResendId, Resend>;
  "deadLetter.cancelResend": Operation<["station"], ResendId, Resend>;
  "deadLetter.retention": Operation<[], Nothing, DeadLetterRetention>;
  "deadLetter.setRetention": Operation<[], Partial<DeadLetterRetention>, DeadLetterRetention>;
}

export const deadLetterOperations: Entries<DeadLetterOperations> = {
  "deadLetter.stations": {
    ...read,
    subject: "DEADLETTER.STATIONS",
    names: [],
    summary: "lists the stations that have dead letters, and how many each has",
    request: "PageRequest",
    response: "Page<StationOfDeadLetters>",
  },
  "deadLetter.list": {
    ...read,
    subject: "DEADLETTER.LIST",
    names: ofStation,
    summary: "lists dead letters of a station, oldest first",
    request: "DeadLettersRequest",
    response: "DeadLetterPage",
  },
  "deadLetter.count": {
    ...read,
    subject: "DEADLETTER.COUNT",
    names: ofStation,
    summary: "counts dead letters of a station",
    request: "StationDeadLetters",
    response: "DeadLetterCount",
  },
  "deadLetter.causes": {
    ...read,
    subject: "DEADLETTER.CAUSES",
    names: ofStation,
    summary: "counts dead letters of a station by their causes",
    request: "StationDeadLetters",
    response: "DeadLetterCauses",
  },
  "deadLetter.get": {
    ...read,
    subject: "DEADLETTER.GET",
    names: ofStation,
    summary: "gives a dead letter with its message",
    request: "DeadLetterId",
    response: "FoundDeadLetter",
  },
  "deadLetter.drop": {
    ...change,
    subject: "DEADLETTER.DROP",
    names: ofStation,
    summary: "takes dead letters out for ever, or counts them",
    request: "DropRequest",
    response: "Dropped",
  },
  "deadLetter.resend": {
    ...change,
    subject: "DEADLETTER.RESEND",
    names: ofStation,
    summary: "has messages of dead letters stored again, for their group or their station",
    request: "StationResend",
    response: "Resend",
  },
  "deadLetter.resendElsewhere": {
    ...change,
    subject: "DEADLETTER.RESEND_ELSEWHERE",
    names: ofStation,
    summary: "has messages of dead letters stored in another station",
    request: "ResendElsewhere",
    response: "Resend",
  },
  "deadLetter.foreseeResend": {
    ...read,
    subject: "DEADLETTER.FORESEE_RESEND",
    names: ofStation,
    summary: "tells what a resend would come to",
    request: "StationResend",
    response: "ResendCounts",
  },
  "deadLetter.resends": {
    ...read,
    subject: "DEADLETTER.RESENDS",
    names: ofStation,
    summary: "lists resends of dead letters of a station",
    request: "PageRequest",
    response: "Page<Resend>",
  },
  "deadLetter.getResend": {
    ...read,
    subject: "DEADLETTER.GET_RESEND",
    names: ofStation,
    summary: "tells how far a resend is",
    request: "ResendId",
    response: "Resend",
  },
  "deadLetter.cancelResend": {
    ...change,
    subject: "DEADLETTER.CANCEL_RESEND",
    names: ofStation,
    summary: "ends a resend",
    request: "ResendId",
    response: "Resend",
  },
  "deadLetter.retention": {
    ...read,
    subject: "DEADLETTER.RETENTION",
    names: [],
    summary: "tells how long dead letters are kept, all stations together",
    request: none,
    response: "DeadLetterRetention",
  },
  "deadLetter.setRetention": {
    ...change,
    subject: "DEADLETTER.SET_RETENTION",
    names: [],
    summary: "changes how long dead letters are kept",
    request: "Partial<DeadLetterRetention>",
    response: "DeadLetterRetention",
  },
};

import { parseStep } from "../support/conversation.ts";
import { type Request, removeAll } from "../support/differential.ts";
import { readGolden } from "../support/golden.ts";

/** Transcripts of nats-server 2.15.1 in which 2.14.5 answers otherwise, and Oxbow as 2.15.1. */
const asIn215: ReadonlyMap<string, string> = new Map([
  ["fast-batches.txt", "flow control of fast batches acknowledges at other messages"],
  ["publish-order.txt", "the size of a message is looked at before its headers"],
]);

/** The requests of a golden file, whatever answers it has recorded. */
export function recorded(file: string): Request[] {
  const requests = readGolden(file).map((section): Request => {
    const { subject, body, headers, replySuffix, wantsAnswer, answers } = parseStep(section);
    const reason = asIn215.get(file);
    const isAnswered = answers[0]?.text !== "(no answer)";
    return {
      subject,
      body,
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(replySuffix !== undefined && { replySuffix }),
      ...(!wantsAnswer && { isSilent: true }),
      answers: isAnswered ? answers.length : 0,
      ...(reason !== undefined && { asIn215: reason }),
      keepsLast: answers.every(({ reply }) => reply === undefined),
    };
  });
  return [{ subject: removeAll }, ...requests];
}

import assert from "node:assert/strict";
import type { Inbox, RawMessage } from "../../interop/support/inbox.ts";
import type { RawClient } from "../../interop/support/raw-client.ts";
import { blankedAnswer, blankedReply } from "./blank.ts";
import { expanded, type GoldenSection } from "./golden.ts";

const NO_ANSWER = "(no answer)";

/** One request of a golden file, and what must come back. */
export interface Step {
  readonly subject: string;
  readonly wantsAnswer: boolean;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** What follows the conversation's own inbox in the reply subject; `undefined` for an inbox of the step's own. */
  readonly replySuffix: string | undefined;
  readonly answers: readonly Answer[];
}

interface Answer {
  readonly text: string;
  /** The reply subject it must have, if that counts. */
  readonly reply: string | undefined;
  /** What follows the conversation's own inbox in its subject. */
  readonly subjectSuffix: string | undefined;
}

/** Plays the requests of a golden file in order over one connection, and compares what comes back. */
export class Conversation {
  readonly #client: RawClient;
  /** Where answers to requests with a reply subject of a certain form go. */
  readonly #prefix: string;
  #inbox: Inbox | undefined;
  #lastReply = "";

  constructor(client: RawClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  /** Sends one request and compares the answers. */
  async play(step: Step): Promise<void> {
    const client = this.#client;
    const subject = step.subject === "@last" ? this.#lastReply : step.subject;
    const headers = Object.keys(step.headers).length > 0 ? step.headers : undefined;
    if (!step.wantsAnswer) {
      client.publish(subject, step.body, { ...(headers !== undefined && { headers }) });
      return;
    }
    const inbox = this.#ask(subject, step, headers);
    if (step.answers[0]?.text === NO_ANSWER) {
      // The API works off one connection in order: once a later request is answered, this one was passed over.
      await client.request("$JS.API.INFO");
      assert.deepEqual(inbox.arrived, []);
      return;
    }
    for (const expected of step.answers) this.#compare(await inbox.next(), expected);
    await client.flush();
    assert.deepEqual(inbox.arrived, [], "more answers than expected");
    if (inbox !== this.#inbox) client.unsubscribe(inbox);
  }

  #ask(subject: string, step: Step, headers: Record<string, string> | undefined): Inbox {
    const { replySuffix, body } = step;
    if (replySuffix === undefined) return this.#client.ask(subject, body, headers);
    this.#inbox ??= this.#client.subscribe(`${this.#prefix}.>`);
    const reply = `${this.#prefix}.${replySuffix}`;
    this.#client.publish(subject, body, { reply, ...(headers !== undefined && { headers }) });
    return this.#inbox;
  }

  #compare(message: RawMessage, expected: Answer): void {
    assert.deepEqual(blankedAnswer(shown(message)), blankedAnswer(expected.text));
    if (expected.reply !== undefined) {
      assert.equal(blankedReply(message.reply), expected.reply);
      this.#lastReply = message.reply ?? this.#lastReply;
    }
    if (expected.subjectSuffix !== undefined) {
      assert.equal(message.subject, `${this.#prefix}.${expected.subjectSuffix}`);
    }
  }
}

/** A message in the notation of the golden files. */
export function shown(message: RawMessage): string {
  const header = message.header === "" ? "" : `${JSON.stringify(message.header)} `;
  return `${header}${message.body.toString()}`;
}

/** Reads a section of a golden file. */
export function parseStep(section: GoldenSection): Step {
  const step = {
    subject: "",
    wantsAnswer: true,
    headers: {} as Record<string, string>,
    body: "",
    replySuffix: undefined as string | undefined,
    answers: [] as { -readonly [Key in keyof Answer]: Answer[Key] }[],
  };
  for (const line of section.lines) {
    const text = line.slice(2);
    const answer = step.answers.at(-1);
    if (line.startsWith(">") || line.startsWith("!")) {
      step.subject = expanded(text);
      step.wantsAnswer = line.startsWith(">");
    } else if (line.startsWith("H")) {
      const [name = "", value = ""] = text.split(": ");
      step.headers[name] = expanded(value);
    } else if (line.startsWith("|")) {
      step.body = expanded(text);
    } else if (line.startsWith("R")) {
      step.replySuffix = expanded(text);
    } else if (line.startsWith("<")) {
      step.answers.push({ text, reply: undefined, subjectSuffix: undefined });
    } else if (line.startsWith("=") && answer !== undefined) {
      answer.reply = text;
    } else if (line.startsWith("@") && answer !== undefined) {
      answer.subjectSuffix = text;
    }
  }
  return step;
}

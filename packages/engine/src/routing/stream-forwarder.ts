import { MessageView } from "./message.ts";
import type { ShadowSubscription } from "./shadow-subscription.ts";
import type { StreamImport } from "./stream-import.ts";
import { SubjectScratch } from "./subject-scratch.ts";

/** A message with the subject it has in another account. One for each level of nesting, used again. */
interface StreamFrame {
  readonly view: MessageView;
  readonly subject: SubjectScratch;
}

/** Gives messages to subscriptions in the accounts that import them. */
export class StreamForwarder {
  readonly #frames: StreamFrame[] = [];
  #depth = 0;

  /** Delivers `message` under the subject it has where it is imported. Returns whether it was taken. */
  deliver(shadow: ShadowSubscription, message: MessageView): boolean {
    if (shadow.import.keepsSubject) return shadow.original.deliver(message);
    const depth = this.#depth++;
    let frame = this.#frames[depth];
    if (frame === undefined) {
      frame = { view: new MessageView(), subject: new SubjectScratch() };
      this.#frames.push(frame);
    }
    try {
      fill(frame, shadow.import, message);
      return shadow.original.deliver(frame.view);
    } finally {
      this.#depth--;
    }
  }
}

function fill(
  { view, subject }: StreamFrame,
  streamImport: StreamImport,
  message: MessageView,
): void {
  const isRouted = message.isRouted;
  const buffer = isRouted ? message.routeBuffer : message.subjectBuffer;
  const start = isRouted ? message.routeStart : message.subjectStart;
  const end = isRouted ? message.routeEnd : message.subjectEnd;
  const { transform, to } = streamImport;
  if (transform === undefined) {
    subject.end = subject.reserve(Buffer.byteLength(to)).write(to);
  } else {
    const room = subject.reserve(transform.sizeMax(end - start));
    subject.end = transform.write(room, 0, buffer, start, end);
  }
  view.borrow(message);
  if (isRouted) {
    // A stored message shows the subject it was stored with, wherever it is delivered.
    view.setSubject(message.subjectBuffer, message.subjectStart, message.subjectEnd);
    view.setRoute(subject.buffer, 0, subject.end);
  } else {
    view.setSubject(subject.buffer, 0, subject.end);
    view.clearRoute();
  }
}

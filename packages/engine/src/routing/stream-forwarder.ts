import { MessageView } from "./message.ts";
import type { ShadowSubscription } from "./shadow-subscription.ts";
import type { StreamImport } from "./stream-import.ts";
import { SubjectScratch } from "./subject-scratch.ts";
import type { MessageTrace } from "./trace/message-trace.ts";

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
    const isTraced = message.trace !== undefined;
    if (shadow.import.keepsSubject && !isTraced) return shadow.original.deliver(message);
    const depth = this.#depth++;
    let frame = this.#frames[depth];
    if (frame === undefined) {
      frame = { view: new MessageView(), subject: new SubjectScratch() };
      this.#frames.push(frame);
    }
    try {
      fill(frame, shadow.import, message);
      return isTraced ? deliverTraced(shadow, frame.view) : shadow.original.deliver(frame.view);
    } finally {
      this.#depth--;
    }
  }
}

/** Notes that `message` goes to another account, and follows it there only if that is allowed. */
function deliverTraced(shadow: ShadowSubscription, message: MessageView): boolean {
  const trace = message.trace as MessageTrace;
  trace.onStreamExport(shadow.importerName, message.subjectText());
  if (!(shadow.import.options.allowTrace ?? false)) {
    message.trace = undefined;
    return trace.isOnly || shadow.original.deliver(message);
  }
  trace.exportedSubject = shadow.subject;
  const isTaken = shadow.original.deliver(message);
  trace.exportedSubject = "";
  return isTaken;
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
  const { transform, to, keepsSubject } = streamImport;
  if (keepsSubject) {
    subject.end = buffer.copy(subject.reserve(end - start), 0, start, end);
  } else if (transform === undefined) {
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

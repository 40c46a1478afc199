import { MessageView } from "../../routing/message.ts";
import type { SubjectTransform } from "../../subjects/subject-transform.ts";

/**
 * The message under the subject that the stream stores it under; one that the transform does not speak of is returned as
 * it is. The rest of the message is borrowed, the subject is new, for a message that is being stored can cause others.
 */
export function underStoredSubject(transform: SubjectTransform, message: MessageView): MessageView {
  const { subjectBuffer, subjectStart, subjectEnd } = message;
  if (!transform.matches(subjectBuffer, subjectStart, subjectEnd)) return message;
  const target = Buffer.allocUnsafe(transform.sizeMax(subjectEnd - subjectStart));
  const end = transform.write(target, 0, subjectBuffer, subjectStart, subjectEnd);
  const stored = new MessageView();
  stored.setSubject(target, 0, end);
  stored.borrow(message);
  return stored;
}

import type { Clock } from "@oxbow/base";
import type { PermissionRules } from "../auth/permissions/permission-rules.ts";
import { ReplyPermits } from "../auth/permissions/reply-permits.ts";
import type { MessageView } from "../routing/message.ts";

/** What one connection may do: the rules of its user, and the answers it owes. */
export class ClientPermissions {
  readonly rules: PermissionRules;
  /** Set where the user may answer what it got. */
  readonly permits: ReplyPermits | undefined;

  constructor(rules: PermissionRules, clock: Clock) {
    this.rules = rules;
    this.permits = rules.responses && new ReplyPermits(rules.responses, clock);
  }

  /** Whether a message may be published. Uses up the permit for an answer. */
  mayPublish({ subjectBuffer, subjectStart, subjectEnd }: MessageView): boolean {
    return (
      !this.rules.limitsPublishing ||
      this.rules.mayPublish(subjectBuffer, subjectStart, subjectEnd) ||
      (this.permits?.use(subjectBuffer, subjectStart, subjectEnd) ?? false)
    );
  }

  /** Whether an answer may be asked for at the reply subject of a message. */
  mayBeAnswered({ replyBuffer, replyStart, replyEnd }: MessageView): boolean {
    return !this.rules.limitsReplies || this.rules.mayHear(replyBuffer, replyStart, replyEnd);
  }

  /** Whether messages may be published to `subject`, answers apart. */
  mayAlwaysPublish(subject: string): boolean {
    const bytes = Buffer.from(subject);
    return !this.rules.limitsPublishing || this.rules.mayPublish(bytes, 0, bytes.length);
  }

  /** A message was delivered, which may now be answered if that is not allowed anyway. */
  onDelivered({ replyBuffer, replyStart, replyEnd }: MessageView): void {
    if (this.permits === undefined || replyStart === replyEnd) return;
    if (this.rules.mayPublish(replyBuffer, replyStart, replyEnd)) return;
    this.permits.grant(replyBuffer, replyStart, replyEnd);
  }
}

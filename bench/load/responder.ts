import { Connection } from "./connection.ts";
import type { RoleOptions } from "./protocol.ts";
import type { Role, RoleContext } from "./role.ts";

/** Answers every request with its own payload. */
export async function createRole(
  options: RoleOptions["responder"],
  context: RoleContext,
): Promise<Role> {
  let answeredCount = 0;
  const connection = await Connection.openSubscribed(options.port, options.subject, {
    onMessage(buffer, frame) {
      const reply = buffer.toString("latin1", frame.replyStart, frame.replyEnd);
      const size = frame.payloadEnd - frame.payloadStart;
      const head = `PUB ${reply} ${size}\r\n`;
      const answer = Buffer.allocUnsafe(head.length + size + 2);
      answer.write(head, "latin1");
      // The payload is followed by its line end, which the answer needs as well.
      buffer.copy(answer, head.length, frame.payloadStart, frame.payloadEnd + 2);
      connection.write(answer);
      answeredCount++;
    },
    onReadEnd: () => {},
    onFailure: (error) => context.fail(error),
  });
  return {
    start: () => {},
    count: () => answeredCount,
    async finish() {
      connection.close();
      return { total: answeredCount };
    },
  };
}

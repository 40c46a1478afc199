import type { Message } from "./message.ts";

/**
 * Acknowledges many messages at once, all on their way together, and resolves when the server has written all of them down.
 * Those that are settled already are left out.
 *
 * @returns Messages that could not be acknowledged, with the reason; they come again.
 */
export async function ackAll(
  messages: Iterable<Message<unknown>>,
): Promise<{ readonly message: Message<unknown>; readonly error: Error }[]> {
  const open = [...messages].filter(({ isSettled }) => !isSettled);
  const outcomes = await Promise.allSettled(open.map((message) => message.ackSync()));
  return outcomes.flatMap((outcome, index) =>
    outcome.status === "rejected"
      ? [{ message: open[index] as Message<unknown>, error: outcome.reason as Error }]
      : [],
  );
}

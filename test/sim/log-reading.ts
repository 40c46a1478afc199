import { type Log, RecordView } from "@oxbow/log";
import { checksumOf, type History, type HistoryEvent } from "@oxbow/testkit";

/**
 * Reads a log from its first to its last sequence into the history, all or nothing, for the reader may not live to see
 * the end. Rejects if anything is damaged.
 */
export async function recordContents(log: Log, history: History): Promise<void> {
  const stream = log.name;
  const view = new RecordView();
  const events: HistoryEvent[] = [];
  const end = log.lastSequence + 1;
  for (
    let sequence = log.nextSequence(0);
    sequence < end;
    sequence = log.nextSequence(sequence + 1)
  ) {
    while (log.read(sequence, view) === "pending") {
      await new Promise<void>((resolve, reject) => {
        log.load(sequence, (error) => (error === null ? resolve() : reject(error)));
      });
    }
    const result = log.read(sequence, view);
    if (result !== "ready") throw new Error(`sequence ${sequence} of ${stream} is ${result}`);
    const payload = view.payload();
    events.push({
      type: "stored",
      stream,
      subject: view.subject(),
      messageId: payload.toString("latin1", 0, payload.indexOf(32)),
      checksum: checksumOf(payload),
      sequence,
    });
  }
  const { firstSequence, lastSequence } = log;
  for (const event of events) history.record(event);
  history.record({ type: "stream-read", stream, firstSequence, lastSequence });
}

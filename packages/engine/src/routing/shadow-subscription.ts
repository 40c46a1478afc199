import type { MessageView } from "./message.ts";
import type { StreamForwarder } from "./stream-forwarder.ts";
import type { StreamImport } from "./stream-import.ts";
import { Subscription } from "./subscription.ts";

/** Subscribes at the exporter of a stream, in the name of a subscription at the importer. */
export class ShadowSubscription extends Subscription {
  readonly original: Subscription;
  readonly import: StreamImport;
  /** Name of the importing account. */
  readonly importerName: string;
  readonly #forwarder: StreamForwarder;

  /** @param subject - At the exporter. */
  constructor(
    subject: string,
    original: Subscription,
    streamImport: StreamImport,
    importerName: string,
    forwarder: StreamForwarder,
  ) {
    super(subject, original.queue);
    this.original = original;
    this.import = streamImport;
    this.importerName = importerName;
    this.#forwarder = forwarder;
  }

  override deliver(message: MessageView): boolean {
    // What came through a service import is not exported again.
    if (this.isClosed || message.via !== undefined) return false;
    return this.#forwarder.deliver(this, message);
  }
}

/** What an engine counts. Only grows. */
export class EngineCounters {
  /** Messages that clients published. */
  inMessages = 0;
  inBytes = 0;
  /** Messages sent to clients. */
  outMessages = 0;
  outBytes = 0;
  /** Connections there have been. */
  connections = 0;
  /** Connections cut off because they did not keep up. */
  slowConsumers = 0;
  /** Connections ended because they did not answer. */
  staleConnections = 0;
  /** Times a publisher was held up for a slow subscriber. */
  stalls = 0;
}

import { Traffic } from "../routing/traffic.ts";

/** What an engine counts. Only grows. */
export class EngineCounters extends Traffic {
  /** Connections there have been. */
  connections = 0;
  /** Connections cut off because they did not keep up. */
  slowConsumers = 0;
  /** Connections ended because they did not answer. */
  staleConnections = 0;
  /** Times a publisher was held up for a slow subscriber. */
  stalls = 0;
}

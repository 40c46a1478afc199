export { type CollectorOptions, HistoryCollector } from "./history-collector.ts";
export type {
  ConsumerSample,
  HistoryNews,
  HistorySource,
  StreamSample,
} from "./history-source.ts";
export { ObservedSource, type StreamObserver } from "./observed-source.ts";

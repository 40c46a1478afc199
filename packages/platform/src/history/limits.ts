/** What is kept of the past, and how much of it. */
interface HistoryLimits {
  /** Between two points. */
  readonly stepMs: number;
  /** How long points are kept. */
  readonly keptMs: number;
  /** Bytes that all points may have; beyond, the oldest go. */
  readonly keptBytesMax: number;
  /** Looks after which what was gathered of a station is written. */
  readonly blockSteps: number;
  /** Points of a station that wait for a server that takes none. */
  readonly blockStepsMax: number;
  /** Looks without any change after which who collects writes nothing any more, until something happens. */
  readonly idleStepsMax: number;
  /** Streams that are looked at each time, where each has to be asked for; with more, it is looked less often. */
  readonly askedStreamsMax: number;
  /** Points of an answer. */
  readonly answerPointsMax: number;
  /** Points of an answer, as many as fit, where nobody says how far apart. */
  readonly answerPointsDefault: number;
  /** How long nobody is heard of who collects until another process does. */
  readonly leaseMs: number;
  /** How old the numbers of stations may be that monitoring asks for. */
  readonly metricsKeptMs: number;
  /** How old the count of dead letters of each station may be, and with how many it is not counted. */
  readonly lettersKeptMs: number;
  readonly lettersCountedMax: number;
  /** The same for who collects, who is there all the time. */
  readonly lettersCollectedMax: number;
  /** Groups for which the age of what waits is asked for, where only the server knows it. */
  readonly lagsAskedMax: number;
}

const second = 1_000;
const hour = 3_600 * second;

export const historyLimits: HistoryLimits = {
  stepMs: 10 * second,
  keptMs: 24 * hour,
  keptBytesMax: 512 * 1024 * 1024,
  blockSteps: 6,
  blockStepsMax: 60,
  idleStepsMax: 30,
  askedStreamsMax: 500,
  answerPointsMax: 2_000,
  answerPointsDefault: 360,
  leaseMs: 15 * second,
  metricsKeptMs: 2 * second,
  lettersKeptMs: 30 * second,
  lettersCountedMax: 100_000,
  lettersCollectedMax: 20_000,
  lagsAskedMax: 200,
};

/** How many channels, rules and notifications there may be, and how long things take. */
export interface NotificationLimits {
  readonly channelsMax: number;
  readonly rulesMax: number;
  /** Of one rule. */
  readonly ruleChannelsMax: number;
  readonly patternsMax: number;
  readonly descriptionCharsMax: number;
  readonly recipientsMax: number;
  readonly perMinuteMax: number;
  readonly perMinuteDefault: number;
  readonly quietMsMax: number;
  readonly quietMsDefault: number;
  readonly fullPercentDefault: number;
  /** Things of one rule, such as groups that are behind, that are told of apart from others. */
  readonly thingsMax: number;
  /** Characters of an error, or of what a client says, in a notification. */
  readonly textCharsMax: number;
  /** How long notifications, sent and unsent, are kept, and how many bytes of them. */
  readonly keptDaysMax: number;
  readonly keptBytesMax: number;
  /** How long a notification is tried to be sent. */
  readonly triedMsMax: number;
  /** How long the other side may take to answer. */
  readonly answerTimeoutMs: number;
  /** Bytes of an answer that are looked at. */
  readonly answerBytesMax: number;
  readonly retryDelayMsMax: number;
  /** How often what has to be asked for is asked. */
  readonly lookEveryMs: number;
  /** How long nobody is heard of who does all this until another process does it. */
  readonly leaseMs: number;
  /** Events that are taken up together. */
  readonly eventsMax: number;
}

const second = 1_000;
const hour = 3_600 * second;

export const notificationLimits: NotificationLimits = {
  channelsMax: 100,
  rulesMax: 200,
  ruleChannelsMax: 10,
  patternsMax: 50,
  descriptionCharsMax: 1_024,
  recipientsMax: 50,
  perMinuteMax: 600,
  perMinuteDefault: 30,
  quietMsMax: 7 * 24 * hour,
  quietMsDefault: 300 * second,
  fullPercentDefault: 85,
  thingsMax: 500,
  textCharsMax: 1_000,
  keptDaysMax: 30,
  keptBytesMax: 256 * 1024 * 1024,
  triedMsMax: 24 * hour,
  answerTimeoutMs: 10 * second,
  answerBytesMax: 1_024,
  retryDelayMsMax: hour,
  lookEveryMs: 15 * second,
  leaseMs: 15 * second,
  eventsMax: 500,
};

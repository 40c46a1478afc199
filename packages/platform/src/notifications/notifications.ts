import { type JetStreamManager, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type {
  Channel,
  ChannelChanges,
  ChannelRequest,
  ChannelWithSecret,
  HistoryQuestion,
  NotificationHistory,
  NotificationRecord,
  Rule,
  RuleChanges,
  RuleRequest,
} from "oxbow/control";
import { type PlatformErrorCode, platformError } from "oxbow/internal";
import { Bucket, type BucketChange } from "../schemas/bucket.ts";
import { channelOf, ruleOf } from "./channel.ts";
import {
  type ChannelDocument,
  channelKeys,
  notificationsPlace,
  notificationsVersion,
  type RuleDocument,
  readChannelDocument,
  readRuleDocument,
  ruleKeys,
} from "./documents.ts";
import { notificationLimits } from "./limits.ts";
import {
  ensureChannelConsumer,
  ensureOutbox,
  removeChannel,
} from "./outbox/notification-streams.ts";
import { Outbox } from "./outbox/outbox.ts";
import {
  notificationName,
  readChannelChanges,
  readChannelRequest,
  readRuleChanges,
  readRuleRequest,
} from "./requests.ts";

/**
 * Channels and rules of notifications. All of it is kept in the KV bucket `oxbow_notifications` of the account (FORMAT.md):
 * nothing here is remembered, and any number of these can work side by side. A `Notifier` does what it says.
 *
 * Besides what they name, all methods throw `NOTIFICATION_UNREADABLE` where the bucket holds what this program can't read,
 * and those that change something `NOTIFICATION_BUSY` and `NOTIFICATION_UNAVAILABLE`.
 */
export class Notifications {
  readonly #bucket: Bucket;
  readonly #manager: JetStreamManager;
  readonly #outbox: Outbox;

  private constructor(bucket: Bucket, manager: JetStreamManager, outbox: Outbox) {
    this.#bucket = bucket;
    this.#manager = manager;
    this.#outbox = outbox;
  }

  /**
   * @param connection - Stays the caller's.
   * @throws OxbowError `NOTIFICATION_UNAVAILABLE`
   */
  static async open(connection: NatsConnection, replicas = 1): Promise<Notifications> {
    const js = jetstream(connection);
    const manager = await js.jetstreamManager();
    const bucket = await Bucket.open(connection, replicas, notificationsPlace);
    return new Notifications(bucket, manager, new Outbox(js, manager));
  }

  /**
   * Makes a channel. One that is there with the same settings is left as it is.
   *
   * @throws OxbowError `NOTIFICATION_INVALID`, `NOTIFICATION_EXISTS`, `NOTIFICATION_TOO_MANY`
   */
  async createChannel(givenName: string, request: ChannelRequest): Promise<ChannelWithSecret> {
    const name = notificationName(givenName);
    const { to, fields, newSecret } = readChannelRequest(request);
    const document: ChannelDocument = {
      version: notificationsVersion,
      description: "",
      perMinuteMax: notificationLimits.perMinuteDefault,
      isPaused: false,
      ...fields,
      to,
      createdAt: new Date().toISOString(),
    };
    const made = await this.#bucket.change(async (change) => {
      const before = await this.#findChannel(name);
      if (before !== undefined) {
        if (isSameChannel(before, document, newSecret !== null)) return { before };
        throw exists("channel", name);
      }
      await this.#refuseTooMany(channelKeys, notificationLimits.channelsMax, "channels");
      // What deleting another one of the name has left is not for this one.
      await removeChannel(this.#manager, name);
      await change.write(`${channelKeys}${name}`, JSON.stringify(document));
      return { before: undefined };
    });
    await ensureOutbox(this.#manager);
    await ensureChannelConsumer(this.#manager, name);
    const isThere = made.before !== undefined;
    return {
      channel: channelOf(name, made.before ?? document),
      secret: isThere ? null : newSecret,
    };
  }

  /** By name. */
  async listChannels(): Promise<Channel[]> {
    const entries = await this.#bucket.readAll(channelKeys);
    return entries.map(({ key, text }) =>
      channelOf(key.slice(channelKeys.length), readChannelDocument(key, text)),
    );
  }

  /** @throws OxbowError `NOTIFICATION_INVALID` */
  async findChannel(givenName: string): Promise<Channel | undefined> {
    const name = notificationName(givenName);
    const document = await this.#findChannel(name);
    return document && channelOf(name, document);
  }

  /** @throws OxbowError `NOTIFICATION_NOT_FOUND`, `NOTIFICATION_INVALID` */
  async getChannel(givenName: string): Promise<Channel> {
    const { name, document } = await this.channelDocument(givenName);
    return channelOf(name, document);
  }

  /** With its secrets. @throws OxbowError `NOTIFICATION_NOT_FOUND`, `NOTIFICATION_INVALID` */
  async channelDocument(
    givenName: string,
  ): Promise<{ readonly name: string; readonly document: ChannelDocument }> {
    const name = notificationName(givenName);
    const document = await this.#findChannel(name);
    if (document === undefined) throw missing("channel", name);
    return { name, document };
  }

  /** @throws OxbowError `NOTIFICATION_NOT_FOUND`, `NOTIFICATION_INVALID` */
  async editChannel(givenName: string, changes: ChannelChanges): Promise<ChannelWithSecret> {
    const name = notificationName(givenName);
    return this.#bucket.change(async (change) => {
      const before = await this.#findChannel(name);
      if (before === undefined) throw missing("channel", name);
      const { to, fields, newSecret } = readChannelChanges(changes, before.to);
      const document = { ...before, ...fields, to };
      await writeIfOther(change, `${channelKeys}${name}`, before, document);
      return { channel: channelOf(name, document), secret: newSecret };
    });
  }

  /**
   * @returns Whether it was there.
   * @throws OxbowError `NOTIFICATION_IN_USE`, `NOTIFICATION_INVALID`
   */
  async deleteChannel(givenName: string): Promise<boolean> {
    const name = notificationName(givenName);
    const key = `${channelKeys}${name}`;
    const isDeleted = await this.#bucket.change(async (change) => {
      const users = (await this.listRules()).filter(({ channels }) => channels.includes(name));
      if (users.length > 0) {
        const names = users.map((rule) => rule.name).join(", ");
        const message = `channel ${name} is used by ${names}: change or delete these rules first`;
        throw platformError("NOTIFICATION_IN_USE", message);
      }
      if ((await this.#bucket.read(key)) === undefined) return false;
      await change.remove(key);
      return true;
    });
    await removeChannel(this.#manager, name);
    return isDeleted;
  }

  /**
   * Makes a rule. One that is there with the same settings is left as it is.
   *
   * @throws OxbowError `NOTIFICATION_INVALID`, `NOTIFICATION_EXISTS`, `NOTIFICATION_TOO_MANY`, `NOTIFICATION_NOT_FOUND`
   * for a channel that is not there
   */
  async createRule(givenName: string, request: RuleRequest): Promise<Rule> {
    const name = notificationName(givenName);
    const createdAt = new Date().toISOString();
    const settings = readRuleRequest(request);
    const document: RuleDocument = { version: notificationsVersion, ...settings, createdAt };
    return this.#bucket.change(async (change) => {
      const before = await this.#findRule(name);
      if (before !== undefined) {
        if (isSame({ ...before, createdAt }, document)) return ruleOf(name, before);
        throw exists("rule", name);
      }
      await this.#requireChannels(document);
      await this.#refuseTooMany(ruleKeys, notificationLimits.rulesMax, "rules");
      await change.write(`${ruleKeys}${name}`, JSON.stringify(document));
      return ruleOf(name, document);
    });
  }

  /** By name. */
  async listRules(): Promise<Rule[]> {
    const entries = await this.#bucket.readAll(ruleKeys);
    return entries.map(({ key, text }) =>
      ruleOf(key.slice(ruleKeys.length), readRuleDocument(key, text)),
    );
  }

  /** @throws OxbowError `NOTIFICATION_INVALID` */
  async findRule(givenName: string): Promise<Rule | undefined> {
    const name = notificationName(givenName);
    const document = await this.#findRule(name);
    return document && ruleOf(name, document);
  }

  /** @throws OxbowError `NOTIFICATION_NOT_FOUND`, `NOTIFICATION_INVALID` */
  async getRule(givenName: string): Promise<Rule> {
    const rule = await this.findRule(givenName);
    if (rule === undefined) throw missing("rule", notificationName(givenName));
    return rule;
  }

  /** @throws OxbowError `NOTIFICATION_NOT_FOUND`, also for a channel that is not there; `NOTIFICATION_INVALID` */
  async editRule(givenName: string, changes: RuleChanges): Promise<Rule> {
    const name = notificationName(givenName);
    return this.#bucket.change(async (change) => {
      const before = await this.#findRule(name);
      if (before === undefined) throw missing("rule", name);
      const document = readRuleChanges(changes, before);
      await this.#requireChannels(document);
      await writeIfOther(change, `${ruleKeys}${name}`, before, document);
      return ruleOf(name, document);
    });
  }

  /**
   * @returns Whether it was there.
   * @throws OxbowError `NOTIFICATION_INVALID`
   */
  async deleteRule(givenName: string): Promise<boolean> {
    const key = `${ruleKeys}${notificationName(givenName)}`;
    return this.#bucket.change(async (change) => {
      if ((await this.#bucket.read(key)) === undefined) return false;
      await change.remove(key);
      return true;
    });
  }

  /** @param isShown - Whether who asks may see one. */
  async history(
    question: HistoryQuestion,
    isShown: (record: NotificationRecord) => boolean = () => true,
  ): Promise<NotificationHistory> {
    const { channel, rule, ...rest } = question;
    return {
      records: await this.#outbox.history(
        {
          ...rest,
          ...(channel !== undefined && { channel: notificationName(channel) }),
          ...(rule !== undefined && { rule: notificationName(rule) }),
        },
        isShown,
      ),
    };
  }

  async #findChannel(name: string): Promise<ChannelDocument | undefined> {
    const key = `${channelKeys}${name}`;
    const entry = await this.#bucket.read(key);
    return entry && readChannelDocument(key, entry.text);
  }

  async #findRule(name: string): Promise<RuleDocument | undefined> {
    const key = `${ruleKeys}${name}`;
    const entry = await this.#bucket.read(key);
    return entry && readRuleDocument(key, entry.text);
  }

  async #requireChannels({ channels }: RuleDocument): Promise<void> {
    for (const channel of channels) {
      if ((await this.#findChannel(channel)) === undefined) throw missing("channel", channel);
    }
  }

  async #refuseTooMany(keys: string, countMax: number, what: string): Promise<void> {
    if ((await this.#bucket.liveKeys(`${keys}>`)).length < countMax) return;
    const message = `there are ${countMax} ${what}, which is the most: delete one first`;
    throw platformError("NOTIFICATION_TOO_MANY", message);
  }
}

async function writeIfOther(
  change: BucketChange,
  key: string,
  before: object,
  after: object,
): Promise<void> {
  if (!isSame(before, after)) await change.write(key, JSON.stringify(after));
}

/** A secret that was not given is whatever it is. */
function isSameChannel(
  before: ChannelDocument,
  wanted: ChannelDocument,
  isSecretMade: boolean,
): boolean {
  const { createdAt, to } = before;
  const isSecretAny = isSecretMade && to.kind === "webhook" && wanted.to.kind === "webhook";
  const wantedTo = isSecretAny ? { ...wanted.to, secret: to.secret } : wanted.to;
  return isSame(before, { ...wanted, createdAt, to: wantedTo });
}

/** Whether two documents say the same, in whatever order. */
function isSame(one: object, other: object): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(document: object): unknown {
  const isList = Array.isArray(document);
  if (isList) return document;
  return Object.entries(document)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => [key, typeof value === "object" && value ? sorted(value) : value]);
}

function missing(kind: "channel" | "rule", name: string): Error {
  const code: PlatformErrorCode = "NOTIFICATION_NOT_FOUND";
  return platformError(code, `there is no ${kind} ${name}: create it first`);
}

function exists(kind: "channel" | "rule", name: string): Error {
  const message = `there is a ${kind} ${name} with other settings: edit it, or choose another name`;
  return platformError("NOTIFICATION_EXISTS", message);
}

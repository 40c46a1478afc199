import type { ConnzOptions } from "./connz.ts";
import type { HealthzOptions } from "./healthz.ts";
import type { JszOptions } from "./jsz.ts";
import { MalformedOption, type RequestOptions } from "./request-options.ts";
import type { SubszOptions } from "./subsz.ts";

/** @throws MalformedOption */
export function subszOptions(options: RequestOptions): SubszOptions {
  return {
    isListed: options.boolean("subscriptions"),
    offset: options.integer("offset"),
    limit: options.integer("limit"),
    account: options.text("account"),
    test: options.text("test"),
  };
}

const states = ["open", "closed", "any"] as const;

/** @throws MalformedOption */
export function connzOptions(options: RequestOptions): ConnzOptions {
  const isListed = options.boolean("subscriptions");
  const state = states[options.integer("state")];
  if (state === undefined) throw new MalformedOption("state is 0 (open), 1 (closed) or 2 (all)");
  return {
    sort: options.text("sort"),
    hasUser: options.boolean("auth"),
    subscriptions: options.boolean("subscriptions_detail") ? "details" : subjectsIf(isListed),
    offset: options.integer("offset"),
    limit: options.integer("limit"),
    connectionId: options.integer("cid", "uint64"),
    state,
    user: options.text("user"),
    account: options.text("acc"),
    mqttClient: options.text("mqtt_client"),
    filterSubject: options.text("filter_subject"),
  };
}

function subjectsIf(isListed: boolean): "subjects" | "none" {
  return isListed ? "subjects" : "none";
}

/** @throws MalformedOption */
export function jszOptions(options: RequestOptions): JszOptions {
  return {
    account: options.text("account"),
    hasAccounts: options.boolean("accounts"),
    hasStreams: options.boolean("streams"),
    hasConsumers: options.boolean("consumer"),
    hasDirectConsumers: options.boolean("direct_consumer"),
    hasConfig: options.boolean("config"),
    isRaftShown: options.boolean("raft"),
    offset: options.integer("offset"),
    limit: options.integer("limit"),
  };
}

/** @throws MalformedOption */
export function healthzOptions(options: RequestOptions): HealthzOptions {
  return {
    isJetStreamOnly: options.boolean("js-enabled") || options.boolean("js-enabled-only"),
    isServerOnly: options.boolean("js-server-only"),
    account: options.text("account"),
    stream: options.text("stream"),
    consumer: options.text("consumer"),
    hasDetails: options.boolean("details"),
  };
}

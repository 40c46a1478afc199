import type { ConfigDraft } from "./draft.ts";
import { aliases, type Fields } from "./reading.ts";
import { duration, integer, readDurationText, readInteger, unfit } from "./values.ts";

/** The least a lame duck takes to leave. */
const lameDuckMinMs = 30_000;

/** Keys that bound what clients may use, and how they are told to go. */
export const limitFields: Fields<ConfigDraft> = {
  max_control_line: limited("controlLineMax"),
  max_payload: limited("payloadMax"),
  max_pending: integer((draft, value) => {
    draft.limits.pendingBytesMax = value;
  }),
  ...aliases(
    ["max_connections", "max_conn"],
    integer((draft, value) => {
      draft.limits.connectionsMax = value === 0 ? -1 : value;
    }),
  ),
  ...aliases(
    ["max_subscriptions", "max_subs"],
    integer((draft, value) => {
      draft.limits.subscriptionsMax = Math.max(0, value);
    }),
  ),
  ...aliases(["max_sub_tokens", "max_subscription_tokens"], (draft, value, _reading, entry) => {
    const tokens = readInteger(value, entry.key);
    if (tokens > 255) throw unfit(value, `${entry.key} value is too big`);
    if (tokens <= 0) throw unfit(value, `${entry.key} value can not be negative`);
    draft.limits.subscriptionTokensMax = tokens;
  }),
  max_closed_clients: integer((draft, value) => {
    draft.limits.closedConnectionsMax = value;
  }),
  ping_interval: duration((draft, durationMs) => {
    draft.limits.pingIntervalMs = durationMs;
  }),
  ping_max: integer((draft, value) => {
    draft.limits.pingsOutMax = value;
  }),
  write_deadline: duration((draft, durationMs) => {
    draft.limits.writeDeadlineMs = durationMs;
  }),
  lame_duck_duration: (draft, value, _reading, entry) => {
    const durationMs = readDurationText(value, entry.key);
    if (durationMs < lameDuckMinMs) {
      throw unfit(
        value,
        `invalid lame_duck_duration of ${durationMs / 1000}s, minimum is 30 seconds`,
      );
    }
    draft.lameDuckDurationMs = durationMs;
  },
  lame_duck_grace_period: (draft, value, _reading, entry) => {
    const durationMs = readDurationText(value, entry.key);
    if (durationMs < 0) {
      throw unfit(value, "invalid lame_duck_grace_period, needs to be positive");
    }
    draft.lameDuckGraceMs = durationMs;
  },
};

function limited(limit: "controlLineMax" | "payloadMax"): Fields<ConfigDraft>[string] {
  return (draft, value, _reading, entry) => {
    if (value.kind !== "integer") throw unfit(value, `${entry.key} needs an integer`);
    if (value.value > 2 ** 31 - 1) throw unfit(value, `${entry.key} value is too big`);
    draft.limits[limit] = value.value;
  };
}

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChannelRequest, RuleRequest } from "oxbow/control";
import {
  notificationName,
  readChannelChanges,
  readChannelRequest,
  readRuleChanges,
  readRuleRequest,
} from "../../src/notifications/requests.ts";

const code = "NOTIFICATION_INVALID";
const mail = {
  kind: "email",
  host: "mail.example.com",
  from: "oxbow@example.com",
  to: ["ops@example.com"],
} as const;

function channelIs(to: object, message: RegExp): void {
  assert.throws(() => readChannelRequest({ to } as unknown as ChannelRequest), { code, message });
}

describe("a channel", () => {
  test("of webhooks gets a secret, unless it is given one", () => {
    const url = "https://hooks.example.com/a?b=c";
    const made = readChannelRequest({ to: { kind: "webhook", url } });
    assert.match(made.newSecret ?? "", /^whsec_[A-Za-z0-9+/]{43}=$/);
    const secret = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
    const given = readChannelRequest({ to: { kind: "webhook", url, secret } });
    assert.deepEqual([given.newSecret, given.to], [null, { kind: "webhook", url, secret }]);
    const kept = readChannelChanges({ to: { kind: "webhook", url: `${url}d` } }, given.to);
    assert.deepEqual(kept.to, { kind: "webhook", url: `${url}d`, secret });
    const anew = readChannelChanges({ to: { kind: "webhook", secret: null } }, given.to);
    assert.ok(anew.newSecret !== null && anew.newSecret !== secret);
  });

  test("takes addresses of web servers only", () => {
    const what = /address of a web server/;
    for (const url of [
      "",
      "hooks",
      "file:///etc/passwd",
      "ftp://a",
      "https://u:p@a/",
      "https://a/#b",
    ]) {
      channelIs({ kind: "slack", url }, what);
      channelIs({ kind: "webhook", url }, what);
    }
    for (const secret of ["", "whsec_", "whsec_YQ==", "secret", `whsec_${"a".repeat(41)}`]) {
      channelIs({ kind: "webhook", url: "https://a.example", secret }, /24 to 64 bytes/);
    }
  });

  test("for e-mail has the port of its kind of encryption", () => {
    const plain = readChannelRequest({ to: mail }).to;
    assert.deepEqual(plain, {
      ...mail,
      security: "starttls",
      port: 587,
      user: null,
      password: null,
    });
    const tls = readChannelRequest({ to: { ...mail, security: "tls" } }).to;
    assert.equal(tls.kind === "email" && tls.port, 465);
    channelIs({ ...mail, user: "oxbow" }, /both a user and a password/);
    channelIs({ ...mail, to: [] }, /to\.to/);
    channelIs({ ...mail, to: ["a@b\r\nBcc: c@d"] }, /one line|address such as/);
    channelIs({ ...mail, from: "nobody" }, /address such as/);
    channelIs({ ...mail, host: "a b" }, /server of mail/);
  });

  test("for e-mail that is given another server is to be given its password again", () => {
    const before = readChannelRequest({ to: { ...mail, user: "u", password: "p" } }).to;
    const changes = { kind: "email", host: "evil.example.com" } as const;
    assert.throws(() => readChannelChanges({ to: changes }, before), {
      code,
      message: /password again/,
    });
    const again = readChannelChanges({ to: { ...changes, password: "q" } }, before).to;
    assert.equal(again.kind === "email" && again.password, "q");
    const kept = readChannelChanges(
      { to: { kind: "email", from: "other@example.com" } },
      before,
    ).to;
    assert.equal(kept.kind === "email" && kept.password, "p");
  });

  test("stays of its kind", () => {
    const before = readChannelRequest({ to: { kind: "station", station: "Alerts" } }).to;
    assert.deepEqual(before, { kind: "station", station: "alerts" });
    const changes = { to: { kind: "slack", url: "https://a.example/" } } as const;
    assert.throws(() => readChannelChanges(changes, before), { code, message: /one of station/ });
    channelIs({ kind: "pigeon" }, /to\.kind/);
    const unnamed = { to: { kind: "station", station: "a b" } } as const;
    assert.throws(() => readChannelRequest(unnamed), { code: "STATION_INVALID" });
  });
});

describe("a rule", () => {
  const lost: RuleRequest = { when: "deadLetter", channels: ["ops"] };
  const ruleIs = (more: object, message: RegExp): void =>
    assert.throws(() => readRuleRequest({ ...lost, ...more } as RuleRequest), { code, message });

  test("has what was not said by default", () => {
    const rule = readRuleRequest({ ...lost, channels: ["Ops", "ops"] });
    assert.deepEqual([rule.channels, rule.stations, rule.groups], [["ops"], ["*"], ["*"]]);
    assert.equal(rule.quietMs, 300_000);
    const full = readRuleRequest({ when: "storageFilling", channels: ["ops"] });
    assert.equal(full.fullPercent, 85);
  });

  test("takes nothing that would have no effect", () => {
    ruleIs({ idleMs: 60_000 }, /idleMs: it is for rules of stationIdle/);
    ruleIs({ lagMessagesMax: 1 }, /rules of groupLag/);
    ruleIs({ lagMsMax: 1 }, /rules of groupLag/);
    ruleIs({ fullPercent: 90 }, /rules of storageFilling/);
    ruleIs({ when: "stationIdle" }, /say how long/);
    ruleIs({ when: "groupLag" }, /say how far/);
    ruleIs({ when: "stationIdle", idleMs: 60_000, groups: ["a"] }, /not about groups/);
    ruleIs({ when: "engineUnhealthy", stations: ["a"] }, /not about stations/);
    ruleIs({ when: "moon" }, /when/);
    ruleIs({ channels: [] }, /channels/);
    ruleIs({ stations: ["a b"] }, /stations/);
    ruleIs({ color: 1 }, /no setting color/);
  });

  test("can be changed, but for what it is about", () => {
    const before = { version: 1, createdAt: "", ...readRuleRequest(lost) } as const;
    assert.equal(readRuleChanges({ quietMs: 0, isPaused: true }, before).quietMs, 0);
    const changes = { when: "groupLag" } as object;
    assert.throws(() => readRuleChanges(changes, before), { code, message: /no setting when/ });
  });
});

test("names can be in subjects", () => {
  assert.equal(notificationName("Ops-1_a"), "ops-1_a");
  for (const name of ["", "a.b", "a b", "*", "-a", "a-", "a".repeat(65)]) {
    assert.throws(() => notificationName(name), { code });
  }
});

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { ChannelRequest, NotificationRecord } from "oxbow/control";
import { SMTPServer } from "smtp-server";
import { eventually, withDeadline } from "../support/deadline.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { NotifyBench } from "./notify-bench.ts";

onEachTarget("the way of a notification", (target) => {
  let bench: NotifyBench;
  let health: string | undefined;

  beforeEach(async () => {
    bench = await NotifyBench.open(target.server);
    health = undefined;
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  /** Has a notifier tell of the health of the server on a channel. */
  async function watch(quietMs = 0): Promise<void> {
    await bench.rule({ when: "engineUnhealthy", quietMs });
    await bench.start({ probes: { health: () => health } });
  }

  async function recorded(
    isSo: (records: readonly NotificationRecord[]) => boolean,
  ): Promise<readonly NotificationRecord[]> {
    return eventually("the record of a notification", async () => {
      bench.clock.advance(1_000);
      const { records } = await bench.service.control.call("notification.history", {}, {});
      return isSo(records) ? records : undefined;
    });
  }

  test("is tried again until it arrives, and those behind it wait", async () => {
    await bench.channel();
    bench.receiver.answer({ status: 503 }, { status: 500, body: "no disk" });
    await watch();
    health = "broken";
    const first = await bench.lookUntilTold();
    health = undefined;
    const second = await bench.lookUntilTold();
    const third = await bench.lookUntilTold();
    const fourth = await bench.lookUntilTold();
    assert.deepEqual([second["id"], third["id"]], [first["id"], first["id"]]);
    const states = [first, third, fourth].map(({ state }) => state);
    assert.deepEqual(states, ["raised", "raised", "recovered"]);
    const records = await recorded((all) => all.every(({ outcome }) => outcome === "sent"));
    assert.deepEqual(
      records.map(({ attempts, error, notice }) => [notice.state, attempts, error]),
      [
        ["recovered", 1, null],
        ["raised", 3, null],
      ],
    );
  });

  test("ends where the other side does not want it, or leads on", async () => {
    await bench.channel();
    bench.receiver.answer(
      { status: 404, body: "no_service" },
      { status: 302, headers: { location: "http://127.0.0.1/" } },
    );
    await watch();
    health = "broken";
    await bench.lookUntilTold();
    health = undefined;
    await bench.lookUntilTold();
    const records = await recorded((all) => all.filter((r) => r.outcome === "failed").length === 2);
    const errors = records.map(({ error }) => error ?? "");
    assert.match(errors[1] ?? "", /answers 404 no_service$/);
    assert.match(errors[0] ?? "", /answers 302.*redirects are not followed/);
    assert.equal(bench.receiver.count, 2);
  });

  test("is given up after a day", async () => {
    await bench.channel();
    bench.receiver.answer(...Array.from({ length: 60 }, () => ({ status: 503 })));
    await watch(86_400_000);
    health = "broken";
    await bench.lookUntilTold();
    await eventually("the end of it", async () => {
      bench.clock.advance(1_200_000);
      const { records } = await bench.service.control.call("notification.history", {}, {});
      return records.some(({ outcome }) => outcome === "failed") ? true : undefined;
    });
    assert.ok(bench.receiver.count > 5);
  });

  test("leads to private addresses only where the operator wants it", async () => {
    const { control } = bench.service;
    await bench.channel();
    const sent = await control.call("notification.test", { channel: "hook" }, {});
    assert.equal(sent.answer, "200 ok");
    assert.match((await bench.receiver.next()).body, /"type":"oxbow.test.event"/);
    for (const url of ["http://169.254.169.254/latest", "http://[::1]:1/", "http://10.0.0.1/"]) {
      const names = { channel: `inside${url.length}` };
      await control.call("notification.createChannel", names, { to: { kind: "slack", url } });
      await refuses(
        control.call("notification.test", names, {}),
        "NOTIFICATION_NOT_SENT",
        /--notify-allow/,
      );
    }
  });

  test("to Slack is a text", async () => {
    const to = { kind: "slack", url: bench.receiver.url } as const;
    await bench.service.control.call("notification.createChannel", { channel: "hook" }, { to });
    await watch();
    health = "<broken>";
    await eventually("a notification", async () => {
      bench.clock.advance(16_000);
      await bench.service.client.nc.flush();
      return bench.receiver.hasMore ? true : undefined;
    });
    const { body, headers } = await bench.receiver.next();
    const text = ":warning: *The server does not store messages*\n&lt;broken&gt;";
    assert.deepEqual(JSON.parse(body), { text });
    assert.equal(headers["webhook-signature"], undefined);
  });

  test("to a station is a message there", async () => {
    const { control, client } = bench.service;
    await control.call("station.create", { station: "alerts" }, { partitions: 3 });
    const to = { kind: "station", station: "alerts" } as const;
    await control.call("notification.createChannel", { channel: "hook" }, { to });
    await watch();
    health = "broken";
    const message = await eventually("a message", async () => {
      bench.clock.advance(16_000);
      for (const partition of [1, 2, 3]) {
        const query = { seq: 1 };
        const found = await client.jsm.streams
          .getMessage(`alerts$${partition}`, query)
          .catch(() => null);
        if (found !== null) return found;
      }
      return undefined;
    });
    const notice = message.json<{ id: string; text: string; rule: string }>();
    assert.deepEqual([notice.text, notice.rule], ["broken", "rule"]);
    assert.equal(message.header.get("Oxbow-Notification"), notice.id);
    assert.match(message.subject, /^alerts\$\d\.rule$/);
  });

  test("by e-mail is a mail, of who shows user and password", async () => {
    const mails: string[] = [];
    const logins: string[] = [];
    const arrived = Promise.withResolvers<void>();
    const server = new SMTPServer({
      authOptional: false,
      allowInsecureAuth: true,
      hideSTARTTLS: true,
      onAuth: ({ username = "", password = "" }, _, done) => {
        logins.push(`${username}:${password}`);
        if (password === "secret") done(null, { user: username });
        else done(new Error("no"));
      },
      onRcptTo: ({ address }, _, done) => {
        if (address.startsWith("nobody"))
          done(Object.assign(new Error("gone"), { responseCode: 550 }));
        else done();
      },
      onData: (stream, session, done) => {
        let text = session.envelope.rcptTo.map(({ address }) => address).join(",");
        stream.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
        stream.on("end", () => {
          mails.push(text);
          done();
          arrived.resolve();
        });
      },
    });
    const listening = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", listening.resolve);
    await listening.promise;
    const { port } = server.server.address() as { readonly port: number };
    try {
      const { control } = bench.service;
      const to = {
        ...{ kind: "email", host: "127.0.0.1", port, security: "none" },
        ...{ user: "oxbow", password: "secret", from: "oxbow@example.com" },
        to: ["ops@example.com", "ann@example.com"],
      } as const satisfies ChannelRequest["to"];
      await control.call("notification.createChannel", { channel: "hook" }, { to });
      await watch();
      health = "broken";
      await eventually("a mail", async () => {
        bench.clock.advance(16_000);
        await bench.service.client.nc.flush();
        return mails.length > 0 ? true : undefined;
      });
      await withDeadline(arrived.promise, () => "the mail");
      const [mail = ""] = mails;
      assert.match(mail, /^ops@example\.com,ann@example\.com/);
      assert.match(mail, /^Subject: \[Oxbow\] The server does not store messages\r$/m);
      assert.match(mail, /^Message-ID: <[A-Za-z0-9_-]{22}@notifications\.oxbow>\r$/m);
      assert.match(mail, /^broken\r$/m);
      assert.deepEqual(new Set(logins), new Set(["oxbow:secret"]));
      const wrong = { to: { kind: "email", password: "wrong" } } as const;
      await control.call("notification.editChannel", { channel: "hook" }, wrong);
      const tried = control.call("notification.test", { channel: "hook" }, {});
      await refuses(tried, "NOTIFICATION_NOT_SENT", /refuses user and password$/);
      const starttls = { to: { kind: "email", password: "secret", security: "starttls" } } as const;
      await control.call("notification.editChannel", { channel: "hook" }, starttls);
      const unsafe = control.call("notification.test", { channel: "hook" }, {});
      await refuses(unsafe, "NOTIFICATION_NOT_SENT", /does not take mail/);
      assert.equal(mails.length, 1);
    } finally {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    }
  });

  test("is left out while its channel is paused", async () => {
    await bench.channel();
    const { control, client } = bench.service;
    const names = { channel: "hook" };
    await control.call("notification.editChannel", names, { isPaused: true });
    await watch();
    health = "broken";
    await bench.ruleStateAfterLooks(({ things }) => things["engine"]?.isRaised === true);
    assert.deepEqual((await control.call("notification.history", {}, {})).records, []);
    await control.call("notification.editChannel", names, { isPaused: false });
    await eventually("a notification", async () => {
      health = health === undefined ? "broken" : undefined;
      bench.clock.advance(16_000);
      await client.nc.flush();
      return bench.receiver.hasMore ? true : undefined;
    });
  });
});

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Channel, ChannelWithSecret, NotificationHistory, Rule } from "oxbow/control";
import { Receiver } from "../interop/notifications/receiver.ts";
import { oxbow, RunningCommand } from "./support/command.ts";

/** Goal: notifications, by the command, on a server that the command has started. */
let directory = "";
let server: RunningCommand;
let receiver: Receiver;
let env: Readonly<Record<string, string>> = {};

async function start(): Promise<void> {
  const line = [
    "start",
    "--port",
    "0",
    "--data",
    "data",
    "--json",
    "--notify-allow",
    "127.0.0.0/8",
  ];
  server = new RunningCommand(line, { cwd: directory });
  env = { OXBOW_URL: (await server.event<{ url: string }>()).url };
}

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-notify-"));
  receiver = await Receiver.open();
  await start();
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function succeed(line: string): Promise<string> {
  const { status, stdout, stderr } = await oxbow(line.split(" "), { env, cwd: directory });
  assert.equal(status, 0, `${line}: ${stderr}`);
  return stdout;
}

async function json<T>(line: string): Promise<T> {
  return JSON.parse(await succeed(`${line} --json`)) as T;
}

async function fails(line: string, message: RegExp, expected = 1): Promise<void> {
  const { status, stderr } = await oxbow(line.split(" "), { env, cwd: directory });
  assert.equal(status, expected, `${line}: ${stderr}`);
  assert.match(stderr, message);
}

test("channels are created, tried, shown without their secrets, changed and deleted", async () => {
  assert.match(await succeed("notification channel list"), /^no channels: create one/);
  await writeFile(join(directory, "url.txt"), `${receiver.url}/s3cr3t\n`);
  const made = await json<ChannelWithSecret>("notification channel create hook --webhook @url.txt");
  assert.match(made.secret ?? "", /^whsec_/);
  assert.deepEqual(made.channel.to, {
    kind: "webhook",
    url: `http://127.0.0.1:${receiver.port}/…`,
  });
  assert.match(await succeed("notification test hook"), /^sent to hook: 200 ok$/m);
  assert.equal((await receiver.next()).path, "/hook/s3cr3t");
  const list = await json<Channel[]>("notification channel list");
  assert.deepEqual(list, [made.channel]);
  assert.match(
    await succeed("notification channel edit hook --new-secret --per-minute 5"),
    /^changed hook\n[\s\S]*secret +whsec_\S+ \(told this once\)\n[\s\S]*per minute +5$/m,
  );
  const mail =
    "--email a@example.com,b@example.com --from c@example.com --smtp mail.example.com:2525";
  await succeed(`notification channel create mail ${mail} --smtp-user u --smtp-password pa55word`);
  assert.match(
    await succeed("notification channel show mail"),
    /a@example\.com, b@example\.com by mail\.example\.com:2525 \(starttls\)/,
  );
  const told = [
    await succeed("notification channel list --json"),
    await succeed("notification channel show mail --json"),
    await succeed("audit --json"),
  ].join("\n");
  assert.doesNotMatch(told, /s3cr3t|pa55word|whsec_/);
  assert.match(told, /\[redacted\]/);
  await fails("notification channel create two --slack http://a --station b", /one of Slack/, 2);
  await fails("notification channel create none", /say where it leads/, 2);
  await fails("notification channel edit mail --slack http://a", /the channel is one of email/, 2);
  await fails(
    "notification channel create in --slack @missing.txt",
    /missing\.txt can't be read/,
    2,
  );
  assert.equal(await succeed("notification channel delete mail"), "deleted mail\n");
});

test("rules hold at once, and after the server was started again", async () => {
  await fails(
    "notification rule create lost --when deadLetter --channel nowhere",
    /no channel nowhere/,
  );
  await fails(
    "notification rule create slow --when groupLag --channel hook",
    /lagMessagesMax or lagMsMax/,
  );
  await succeed("station create orders");
  await writeFile(join(directory, "order.json"), '{"type":"object","required":["id"]}');
  await succeed("schema create order --file order.json");
  await succeed("schema attach orders order");
  const line =
    "notification rule create misfit --when schemaRefused --stations ord* --channel hook";
  const rule = await json<Rule>(`${line} --quiet 0s`);
  assert.deepEqual([rule.when, rule.channels, rule.quietMs], ["schemaRefused", ["hook"], 0]);
  assert.match(
    await succeed("notification rule list"),
    /^misfit +schemaRefused +ord\* +- +hook +on$/m,
  );
  await fails("notification channel delete hook", /used by misfit/);

  await fails("produce orders {}", /refused by the schema order/);
  const { title, text } = await receiver.nextNotice();
  assert.equal(title, "A message did not fit the schema order of station orders");
  assert.match(String(text), /required/);

  // Killed between a notification and its record, a server waits for 30 s before it takes the next one up.
  await server.stop("SIGTERM");
  await start();
  await fails("produce orders {}", /refused by the schema order/);
  await receiver.nextNotice();
  for (;;) {
    const { records } = await json<NotificationHistory>("notification history --rule misfit");
    if (records.length === 2 && records.every(({ outcome }) => outcome === "sent")) break;
  }
  assert.match(await succeed("notification history"), /^\S+ +hook +sent +A message did not fit/m);
  await succeed("schema attach orders order --mode warn");
  await succeed("produce orders {}");
  assert.match(String((await receiver.nextNotice())["text"]), /required/);
  assert.match(await succeed("notification rule edit misfit --pause"), /paused +yes/);
  assert.equal(await succeed("notification rule delete misfit"), "deleted misfit\n");
  assert.equal(await succeed("notification channel delete hook"), "deleted hook\n");
});

import { Command } from "commander";
import type { ControlClient, HistoryQuestion } from "oxbow/control";
import { oneOf, wholeNumber } from "../arguments.ts";
import { exampleText } from "../examples.ts";
import {
  type ChannelOptions,
  channelChanges,
  channelRequest,
  withChannelOptions,
} from "../platform/channel-options.ts";
import { withControl } from "../platform/control.ts";
import {
  renderChannel,
  renderChannels,
  renderHistory,
  renderRule,
  renderRules,
} from "../platform/render-notifications.ts";
import {
  type RuleOptions,
  ruleChanges,
  ruleRequest,
  withRuleOptions,
  withWhen,
} from "../platform/rule-options.ts";
import { type PlatformOptions, subcommand, tell } from "../platform/subcommand.ts";

/** `oxbow notification …`. */
export function createCommand(): Command {
  return new Command("notification")
    .description("Rules say what is told of, channels where.")
    .helpCommand(false)
    .addCommand(channels())
    .addCommand(rules())
    .addCommand(test())
    .addCommand(history())
    .addHelpText(
      "after",
      exampleText([
        "oxbow notification channel create ops --slack @slack-url.txt",
        "oxbow notification test ops",
        "oxbow notification rule create lost --when deadLetter --channel ops",
      ]),
    );
}

/** A command about one channel or one rule. */
function about<Options extends PlatformOptions>(
  kind: "channel" | "rule",
  command: Command,
  run: (control: ControlClient, name: string, options: Options) => Promise<void>,
): Command {
  return command
    .argument("<name>", `name of the ${kind}`)
    .action((name: string, options: Options) =>
      withControl(options, `oxbow notification ${kind} ${command.name()}`, (control) =>
        run(control, name, options),
      ),
    );
}

function channels(): Command {
  return new Command("channel")
    .description("Where notifications go: Slack, a webhook, e-mail, or a station.")
    .helpCommand(false)
    .addCommand(createChannel())
    .addCommand(listChannels())
    .addCommand(showChannel())
    .addCommand(editChannel())
    .addCommand(deleteChannel())
    .addHelpText(
      "after",
      exampleText([
        "oxbow notification channel create hook --webhook https://hooks.example.com/ox",
      ]),
    );
}

function createChannel(): Command {
  const command = subcommand("create", "Create a channel, and tell its secret this once.", [
    "oxbow notification channel create ops --slack @slack-url.txt",
    "oxbow notification channel create hook --webhook https://hooks.example.com/ox",
    "oxbow notification channel create mail --email ops@example.com --from oxbow@example.com --smtp mail.example.com --smtp-user oxbow --smtp-password @password.txt",
    "oxbow notification channel create log --station alerts",
  ]);
  return about<ChannelOptions>(
    "channel",
    withChannelOptions(command),
    async (control, channel, options) => {
      const request = channelRequest(options);
      const made = await control.call("notification.createChannel", { channel }, request);
      tell(options, made, (each) => `created ${renderChannel(each.channel, each.secret)}`);
    },
  );
}

function listChannels(): Command {
  const examples = ["oxbow notification channel list"];
  return subcommand("list", "List the channels.", examples).action((options: PlatformOptions) =>
    withControl(options, "oxbow notification channel list", async (control) => {
      const all = await Array.fromAsync(control.list("notification.listChannels", {}));
      tell(options, all, renderChannels);
    }),
  );
}

function showChannel(): Command {
  const examples = ["oxbow notification channel show ops"];
  const command = subcommand("show", "Show a channel, without its secrets.", examples);
  return about("channel", command, async (control, channel, options) => {
    const found = await control.call("notification.getChannel", { channel }, {});
    tell(options, found, (each) => renderChannel(each));
  });
}

function editChannel(): Command {
  const command = withChannelOptions(
    subcommand("edit", "Change a channel; what is not given stays.", [
      "oxbow notification channel edit ops --pause",
      "oxbow notification channel edit hook --new-secret",
    ]),
  )
    .option("--new-secret", "make another secret for signatures, and tell it this once")
    .option("--pause", "send nothing on it; what comes is left out")
    .option("--resume", "send on it again");
  return about<ChannelOptions>("channel", command, async (control, channel, options) => {
    const { to } = await control.call("notification.getChannel", { channel }, {});
    const changes = channelChanges(options, to.kind);
    const edited = await control.call("notification.editChannel", { channel }, changes);
    tell(options, edited, (each) => `changed ${renderChannel(each.channel, each.secret)}`);
  });
}

function deleteChannel(): Command {
  const examples = ["oxbow notification channel delete ops"];
  const command = subcommand("delete", "Delete a channel that no rule uses.", examples);
  return about("channel", command, async (control, channel, options) => {
    const deleted = await control.call("notification.deleteChannel", { channel }, {});
    tell(options, deleted, ({ isDeleted }) =>
      isDeleted ? `deleted ${channel}` : `there was no channel ${channel}`,
    );
  });
}

function rules(): Command {
  return new Command("rule")
    .description("What is told of, and on which channels.")
    .helpCommand(false)
    .addCommand(createRule())
    .addCommand(listRules())
    .addCommand(showRule())
    .addCommand(editRule())
    .addCommand(deleteRule())
    .addHelpText(
      "after",
      exampleText(["oxbow notification rule create lost --when deadLetter --channel ops"]),
    );
}

function createRule(): Command {
  const command = subcommand("create", "Create a rule, which holds at once.", [
    "oxbow notification rule create lost --when deadLetter --stations 'prod.*' --channel ops",
    "oxbow notification rule create slow --when groupLag --lag-messages 10000 --lag-time 5m --channel ops",
    "oxbow notification rule create silent --when stationIdle --idle 1h --channel ops,mail",
  ]);
  return about<RuleOptions>(
    "rule",
    withRuleOptions(withWhen(command)),
    async (control, rule, options) => {
      const made = await control.call("notification.createRule", { rule }, ruleRequest(options));
      tell(options, made, (each) => `created ${renderRule(each)}`);
    },
  );
}

function listRules(): Command {
  const examples = ["oxbow notification rule list"];
  return subcommand("list", "List the rules.", examples).action((options: PlatformOptions) =>
    withControl(options, "oxbow notification rule list", async (control) => {
      const all = await Array.fromAsync(control.list("notification.listRules", {}));
      tell(options, all, renderRules);
    }),
  );
}

function showRule(): Command {
  const command = subcommand("show", "Show a rule.", ["oxbow notification rule show lost"]);
  return about("rule", command, async (control, rule, options) => {
    tell(options, await control.call("notification.getRule", { rule }, {}), renderRule);
  });
}

function editRule(): Command {
  const command = withRuleOptions(
    subcommand("edit", "Change a rule while it is in force.", [
      "oxbow notification rule edit slow --lag-messages 50000 --lag-time none",
      "oxbow notification rule edit lost --pause",
    ]),
  )
    .option("--pause", "tell nothing; what happens meanwhile is never told")
    .option("--resume", "tell again");
  return about<RuleOptions>("rule", command, async (control, rule, options) => {
    const edited = await control.call("notification.editRule", { rule }, ruleChanges(options));
    tell(options, edited, (each) => `changed ${renderRule(each)}`);
  });
}

function deleteRule(): Command {
  const command = subcommand("delete", "Delete a rule.", ["oxbow notification rule delete lost"]);
  return about("rule", command, async (control, rule, options) => {
    const deleted = await control.call("notification.deleteRule", { rule }, {});
    tell(options, deleted, ({ isDeleted }) =>
      isDeleted ? `deleted ${rule}` : `there was no rule ${rule}`,
    );
  });
}

function test(): Command {
  return subcommand("test", "Send a notification to a channel, and tell what came of it.", [
    "oxbow notification test ops",
  ])
    .argument("<name>", "name of the channel")
    .action((channel: string, options: PlatformOptions) =>
      withControl(options, "oxbow notification test", async (control) => {
        const sent = await control.call("notification.test", { channel }, {});
        tell(options, sent, ({ answer }) => `sent to ${channel}: ${answer}`);
      }),
    );
}

function history(): Command {
  const outcomes = ["waiting", "sent", "failed"] as const;
  return subcommand("history", "Tell what was sent, failed, or waits, the latest first.", [
    "oxbow notification history --outcome failed",
  ])
    .option("--channel <name>", "on this channel")
    .option("--rule <name>", "of this rule")
    .option("--outcome <outcome>", outcomes.join(", "), oneOf(outcomes))
    .option("--limit <count>", "how many (default 100)", wholeNumber(1, 1_000))
    .action((options: PlatformOptions & HistoryQuestion) =>
      withControl(options, "oxbow notification history", async (control) => {
        const { channel, rule, outcome, limit } = options;
        const told = await control.call(
          "notification.history",
          {},
          {
            ...(channel !== undefined && { channel }),
            ...(rule !== undefined && { rule }),
            ...(outcome !== undefined && { outcome }),
            ...(limit !== undefined && { limit }),
          },
        );
        tell(options, told, renderHistory);
      }),
    );
}

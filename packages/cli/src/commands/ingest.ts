import { Command } from "commander";
import type { ControlClient, IngestRotation, IngestWithSecret } from "oxbow/control";
import { durationMs } from "../arguments.ts";
import { exampleText } from "../examples.ts";
import { withControl } from "../platform/control.ts";
import {
  type IngestOptions,
  ingestChanges,
  ingestRequest,
  renderIngest,
  renderIngests,
  withIngestOptions,
  withKind,
} from "../platform/ingest-options.ts";
import { type PlatformOptions, stationArgument, subcommand, tell } from "../platform/subcommand.ts";
import { textOf } from "../platform/text-or-file.ts";

/** `oxbow ingest …`. */
export function createCommand(): Command {
  return new Command("ingest")
    .description("URLs by which webhooks become messages of a station.")
    .helpCommand(false)
    .addCommand(create())
    .addCommand(list())
    .addCommand(show())
    .addCommand(edit())
    .addCommand(rotate())
    .addCommand(remove())
    .addHelpText("after", exampleText(["oxbow ingest create orders shop --kind github"]));
}

/** What an ingest URL is called on its station. */
interface Names {
  readonly station: string;
  readonly ingest: string;
}

function about<Options extends PlatformOptions>(
  command: Command,
  run: (control: ControlClient, names: Names, options: Options) => Promise<void>,
): Command {
  return command
    .addArgument(stationArgument())
    .argument("<name>", "name of the ingest URL")
    .action((station: string, ingest: string, options: Options) =>
      withControl(options, `oxbow ingest ${command.name()}`, (control) =>
        run(control, { station, ingest }, options),
      ),
    );
}

function create(): Command {
  const command = subcommand("create", "Create a URL, and tell it and its secret this once.", [
    "oxbow ingest create orders github --kind github",
    "oxbow ingest create orders stripe --kind stripe --secret @stripe-secret.txt",
    "oxbow ingest create orders shop --kind hmac --header X-Shopify-Hmac-Sha256 --encoding base64 --id-header X-Shopify-Webhook-Id",
    "oxbow ingest create orders sensors --id-header X-Request-Id",
  ]);
  return about<IngestOptions>(
    withIngestOptions(withKind(command)),
    async (control, names, options) => {
      tell(options, await control.call("ingest.create", names, ingestRequest(options)), told);
    },
  );
}

function list(): Command {
  return subcommand("list", "List the URLs of a station, without their secrets.", [
    "oxbow ingest list orders",
  ])
    .addArgument(stationArgument())
    .action((station: string, options: PlatformOptions) =>
      withControl(options, "oxbow ingest list", async (control) => {
        const { items } = await control.call("ingest.list", { station }, {});
        tell(options, items, renderIngests);
      }),
    );
}

function show(): Command {
  const examples = ["oxbow ingest show orders github"];
  const command = subcommand("show", "Show a URL, without its secrets.", examples);
  return about(command, async (control, names, options) => {
    tell(options, await control.call("ingest.get", names, {}), (each) => renderIngest(each));
  });
}

function edit(): Command {
  const command = withIngestOptions(
    subcommand("edit", "Change a URL; what is not given stays.", [
      "oxbow ingest edit orders github --pause",
      "oxbow ingest edit orders github --carry X-Request-Id",
    ]),
  )
    .option("--pause", "refuse requests, so that senders try again")
    .option("--resume", "take them again");
  return about<IngestOptions>(command, async (control, names, options) => {
    const { verify } = await control.call("ingest.get", names, {});
    const edited = await control.call("ingest.edit", names, ingestChanges(options, verify));
    tell(options, edited, (each) => `changed ${renderIngest(each)}`);
  });
}

interface RotateOptions extends PlatformOptions {
  readonly url?: boolean;
  readonly secret?: string;
  readonly grace?: number;
}

function rotate(): Command {
  const command = subcommand("rotate", "Give it another secret, or another URL.", [
    "oxbow ingest rotate orders github",
    "oxbow ingest rotate orders stripe --secret @stripe-secret.txt --grace 0s",
    "oxbow ingest rotate orders github --url",
  ])
    .option("--url", "another URL, and not another secret")
    .option("--secret <secret>", "that the sender signs with from now on, or @FILE that holds it")
    .option("--grace <duration>", "how long the old one is taken too (default 24h)", durationMs);
  return about<RotateOptions>(command, async (control, names, options) => {
    const { url, secret, grace } = options;
    const rotation: IngestRotation = {
      ...(url === true && { what: "url" }),
      ...(secret !== undefined && { secret: textOf(secret) }),
      ...(grace !== undefined && { graceMs: grace }),
    };
    tell(options, await control.call("ingest.rotate", names, rotation), told);
  });
}

function remove(): Command {
  const examples = ["oxbow ingest delete orders github"];
  const command = subcommand("delete", "Delete a URL, which takes nothing then.", examples);
  return about(command, async (control, names, options) => {
    const { station, ingest } = names;
    tell(options, await control.call("ingest.delete", names, {}), ({ isDeleted }) =>
      isDeleted
        ? `deleted ${ingest} of ${station}`
        : `station ${station} has no ingest URL ${ingest}`,
    );
  });
}

function told(made: IngestWithSecret): string {
  const text = renderIngest(made.ingest, made);
  if (made.path === null) return text;
  return `${text}\nThe URL is that path behind the address of the server's HTTP door, such as http://127.0.0.1:9000${made.path}`;
}

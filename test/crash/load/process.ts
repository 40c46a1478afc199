/**
 * The process that loads the broker: publishers, consumers and removals, driven by its parent over the channel of
 * `fork`. It records what it sees in the history file; no part of it dies with the broker.
 *
 * Arguments: the path of the history file, and the seed.
 */
import { SimRandom } from "@oxbow/testkit";
import { HistoryFile } from "../history-file.ts";
import type { LoadAnswer, LoadCommand } from "./commands.ts";
import { Load } from "./load.ts";

const [historyPath, seed] = process.argv.slice(2);
if (historyPath === undefined || seed === undefined)
  throw new Error("usage: process.ts <history> <seed>");
const load = new Load(new SimRandom(seed), new HistoryFile(historyPath));

async function answer(command: LoadCommand): Promise<LoadAnswer> {
  switch (command.type) {
    case "run":
      await load.start(command.url);
      return "running";
    case "pause":
      await load.ended();
      return "paused";
    case "await-ack":
      await load.nextAck();
      return "acked";
    case "settle":
      await load.settle(command.url);
      return "settled";
    case "drain":
      await load.drain(command.url);
      return "drained";
  }
}

process.on("message", (command: LoadCommand) => {
  void answer(command).then((text) => process.send?.(text));
});
// Without its parent there is nobody to work for.
process.once("disconnect", () => process.exit());

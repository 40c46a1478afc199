import { Command } from "commander";

/** `oxbow nats-server` in the list of commands; `main` runs it before anything reads its command line. */
export function createCommand(): Command {
  return new Command("nats-server").description(
    "Start the broker with nats-server's flags and configuration file.",
  );
}

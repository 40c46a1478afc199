import { Argument, Command } from "commander";
import { oneOf } from "../arguments.ts";
import { type Shell, scripts, shells } from "../completion/scripts.ts";
import { exampleText } from "../examples.ts";
import { print } from "../output/print.ts";

/** `oxbow completion`. */
export function createCommand(): Command {
  return new Command("completion")
    .description(
      "Print what lets a shell complete commands, options, and the names of stations, groups, schemas, users and contexts.",
    )
    .addArgument(new Argument("<shell>", shells.join(" or ")).argParser(oneOf(shells)))
    .addHelpText(
      "after",
      exampleText([
        `eval "$(oxbow completion bash)"     # in ~/.bashrc`,
        `eval "$(oxbow completion zsh)"      # in ~/.zshrc, behind compinit`,
      ]),
    )
    .action((shell: Shell) => print(scripts[shell]));
}

/** The command line asks for something that cannot be: exit status 2. The message says what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command was right and could not be carried out: exit status 1. The message says what to do about it. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
}

/** A text on one line, as every message of a command is. */
export function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, " ");
}

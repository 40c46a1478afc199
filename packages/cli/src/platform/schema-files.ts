import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { text as readText } from "node:stream/consumers";
import { InvalidArgumentError } from "commander";
import type { SchemaFormat, SchemaReference, VersionRequest } from "oxbow/control";
import { CommandFailure, UsageError } from "../failures.ts";

const formatsByEnding: Readonly<Record<string, SchemaFormat>> = {
  ".json": "json",
  ".avsc": "avro",
  ".proto": "protobuf",
  ".graphql": "graphql",
  ".gql": "graphql",
};

/** The options of a command that takes the text of a version. */
export interface VersionOptions {
  readonly file?: string;
  readonly message?: string;
  readonly reference?: readonly SchemaReference[];
}

/** The format that a file's name tells. */
export function formatOfFile(file: string | undefined): SchemaFormat | undefined {
  return file === undefined ? undefined : formatsByEnding[extname(file).toLowerCase()];
}

/** The version that options describe; without a file its text comes on standard input. */
export async function versionRequest(
  command: string,
  { file, message, reference }: VersionOptions,
): Promise<VersionRequest> {
  return {
    text: await schemaText(command, file),
    ...(message !== undefined && { messageName: message }),
    ...(reference !== undefined && { references: reference }),
  };
}

/** `name=schema@version`, added to those of earlier uses of the option. */
export function references(
  text: string,
  previous: readonly SchemaReference[] = [],
): readonly SchemaReference[] {
  const [, name = "", schema = "", version] = /^(.+)=([^=@]+)@(\d+)$/.exec(text) ?? [];
  if (name === "") throw new InvalidArgumentError("Write name=schema@version.");
  return [...previous, { name, schema, version: Number(version) }];
}

async function schemaText(command: string, file: string | undefined): Promise<string> {
  if (file === undefined || file === "-") {
    if (process.stdin.isTTY === true) {
      throw new UsageError(`${command}: no schema: write --file FILE, or pipe one in`);
    }
    return readText(process.stdin);
  }
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new CommandFailure(`${file} can't be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

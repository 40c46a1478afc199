import { SERVER_VERSION } from "@oxbow/engine";
import {
  type CommandLine,
  parseCommandLine,
  UnknownCommandError,
  UsageError,
} from "./command-line/parse.ts";
import { machineProcesses, sendSignal } from "./command-line/send-signal.ts";
import { tlsHelp, usage } from "./command-line/usage.ts";
import { loadConfig } from "./config/load.ts";
import { serve } from "./serve.ts";

/** What errors begin with, and the name the process goes by, so that tools that look for nats-server find it. */
const program = "nats-server";

/**
 * Runs a server that is told what to do the way nats-server is. Resolves to the exit status, after SIGINT or SIGTERM.
 */
export async function runNatsServer(argv: readonly string[]): Promise<number> {
  let commandLine: CommandLine;
  try {
    commandLine = parseCommandLine(argv);
  } catch (error) {
    if (error instanceof UsageError) {
      // nats-server ends with status 0 here; a service manager would take a wrong flag for success.
      process.stderr.write(`${error.message}\n${usage}`);
      return 1;
    }
    if (error instanceof UnknownCommandError) return die(error.message);
    throw error;
  }
  return await carryOut(commandLine);
}

async function carryOut(commandLine: CommandLine): Promise<number> {
  const { action, configFile, flags, signal = "" } = commandLine;
  const sources = { file: configFile, flags, environment: process.env };
  switch (action) {
    case "help":
      process.stdout.write(usage);
      return 0;
    case "help-tls":
      process.stdout.write(tlsHelp);
      return 0;
    case "version":
      process.stdout.write(`${program}: v${SERVER_VERSION}\n`);
      return 0;
    case "signal": {
      const failure = sendSignal(signal, machineProcesses);
      return failure === undefined ? 0 : die(failure);
    }
    case "check": {
      const loaded = loadConfig(sources);
      const findings = [...loaded.warnings, ...loaded.errors];
      if (findings.length > 0) return die(findings.join("\n"));
      process.stderr.write(
        `${program}: configuration file ${configFile} is valid (${loaded.digest})\n`,
      );
      return 0;
    }
    case "serve": {
      const loaded = loadConfig(sources);
      if (loaded.errors.length > 0) return die([...loaded.warnings, ...loaded.errors].join("\n"));
      for (const warning of loaded.warnings) process.stderr.write(`${warning}\n`);
      process.title = program;
      return await serve(loaded, sources);
    }
  }
}

function die(text: string): number {
  process.stderr.write(`${program}: ${text}\n`);
  return 1;
}

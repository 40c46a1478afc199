/**
 * A load process: plays one role against a server, driven over IPC by `bench/load-process.ts`.
 *
 *     node bench/load/main.ts <role> <options as JSON>
 */
import type { LoadCommand, LoadEvent, RoleName, RoleOptions, Sample } from "./protocol.ts";
import type { Role, RoleContext, RoleFactory } from "./role.ts";

type RoleModules = {
  [Name in RoleName]: () => Promise<{ createRole: RoleFactory<RoleOptions[Name]> }>;
};

const modules: RoleModules = {
  "batch-publisher": () => import("./batch-publisher.ts"),
  "core-publisher": () => import("./core-publisher.ts"),
  "core-subscriber": () => import("./core-subscriber.ts"),
  "durable-publisher": () => import("./durable-publisher.ts"),
  "fast-publisher": () => import("./fast-publisher.ts"),
  "http-crowd": () => import("./http-crowd.ts"),
  "http-producer": () => import("./http-producer.ts"),
  "official-client": () => import("./official-client.ts"),
  "open-loop-publisher": () => import("./open-loop-publisher.ts"),
  "pull-consumer": () => import("./pull-consumer.ts"),
  requester: () => import("./requester.ts"),
  responder: () => import("./responder.ts"),
  "station-client": () => import("./station-client.ts"),
};

function send(event: LoadEvent): void {
  process.send?.(event);
}

let hasFailed = false;

const context: RoleContext = {
  fail(error) {
    if (hasFailed) return; // What follows the first failure is only its consequence.
    hasFailed = true;
    process.send?.({ type: "failed", message: error.message } satisfies LoadEvent, () =>
      process.exit(1),
    );
  },
  exhausted() {
    send({ type: "exhausted" });
  },
};

function takeSample(role: Role): Sample {
  const cpu = process.cpuUsage();
  return {
    atMs: performance.now(),
    count: role.count(),
    cpuUserS: cpu.user / 1e6,
    cpuSystemS: cpu.system / 1e6,
  };
}

async function create<Name extends RoleName>(name: Name, options: unknown): Promise<Role> {
  const module = await modules[name]();
  return module.createRole(options as RoleOptions[Name], context);
}

async function main(): Promise<void> {
  const role = await create(process.argv[2] as RoleName, JSON.parse(process.argv[3] as string));
  process.on("message", (command: LoadCommand) => {
    if (command.type === "start") role.start();
    else if (command.type === "mark") {
      send({ type: "mark", sample: takeSample(role) });
      role.onMark?.();
    } else {
      role.finish().then(
        (report) =>
          process.send?.({ type: "report", report } satisfies LoadEvent, () => process.exit(0)),
        (error: Error) => context.fail(error),
      );
    }
  });
  // Without its benchmark a load process has no purpose, and it must not outlive it.
  process.on("disconnect", () => process.exit(1));
  send({ type: "ready" });
}

main().catch((error: Error) => context.fail(error));

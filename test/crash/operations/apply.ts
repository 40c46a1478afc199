import { planOf, readSetup, runSteps, type Step } from "@oxbow/cli/apply";
import { ControlClient } from "oxbow/control";
import { openPlatform } from "../platform/open-platform.ts";
import type { Yard, YardPlace } from "../yard.ts";
import type { CrashOperation, Observed } from "./operation.ts";
import { observeStation } from "./station-view.ts";

/** Before, there is some of it, with other settings; users and tenants where a server takes them. */
function before(id: string): string {
  return `
schemas:
  ${id}: { format: json, text: '{"type":"object"}' }
stations:
  ${id}: { partitions: 2, schema: ${id}, groups: { billing: {} } }
`;
}

function wanted(id: string, { isEnforced }: YardPlace): string {
  const accounts = `
tenants:
  ${id}: { streams: 10, users: { carl: { role: owner, password: none } } }
users:
  ${id}: { write: [${id}], password: none }
`;
  return `
schemas:
  ${id}: { format: json, text: '{"type":"object","required":["a"]}', compatibility: none }
  ${id}-2: { format: json, text: '{"type":"array"}' }
stations:
  ${id}:
    partitions: 2
    maxAge: 3d
    schema: ${id}-2
    groups: { billing: { maxDeliveries: 5 }, audit: { from: now } }
  ${id}.more: { partitions: 3, schema: ${id}, groups: { other: {} } }
${isEnforced ? accounts : ""}`;
}

async function stepsOf(control: ControlClient, id: string, place: YardPlace): Promise<Step[]> {
  return planOf(control, await readSetup(wanted(id, place), "wanted.yaml", {}));
}

async function apply(control: ControlClient, id: string, place: YardPlace): Promise<void> {
  await runSteps(await stepsOf(control, id, place));
}

/** Asks the platform, also where there is none between two tries. */
async function withControl<T>(yard: Yard, act: (control: ControlClient) => Promise<T>): Promise<T> {
  const control = new ControlClient(yard.connection);
  if (yard.place.isEnforced) return act(control);
  await using _ = await openPlatform(yard.url);
  return await act(control);
}

/** All that the file names; half done is what applying it would change. */
async function observe(yard: Yard, id: string): Promise<Observed> {
  const [station, more] = [
    await observeStation(yard, id),
    await observeStation(yard, `${id}.more`),
  ];
  const schemas = await Promise.all(
    [id, `${id}-2`].map(async (name) => {
      const { createdAt: _, versions = [], ...rest } = { ...(await yard.schemas.find(name)) };
      return { ...rest, versions: versions.map(({ createdAt: __, ...version }) => version) };
    }),
  );
  const { createdAt: _, ...user } = { ...(await yard.users.find(id)) };
  const { createdAt: __, ...tenant } = { ...(await yard.tenants.find(id)) };
  const steps = await withControl(yard, (control) => stepsOf(control, id, yard.place));
  return {
    view: { schemas, stations: [station.view, more.view], user, tenant },
    problems: [
      ...station.problems,
      ...more.problems,
      ...steps.map(({ action, target }) => `${action} ${target}`),
    ],
    beneath: [station.beneath, more.beneath],
  };
}

export const applySetup: CrashOperation = {
  name: "apply",
  prepare: async (yard, id) => {
    await withControl(yard, async (control) => {
      await runSteps(await planOf(control, await readSetup(before(id), "before.yaml", {})));
    });
  },
  // The first of them: if anything has changed, there is a record of that.
  request: (id) => ({
    operation: "schema.setCompatibility",
    names: { schema: id },
    body: { compatibility: "none" },
  }),
  client: apply,
  observe,
  clear: async (yard, id) => {
    await withControl(yard, async (control) => {
      for (const station of [id, `${id}.more`])
        await control.call("station.delete", { station }, {});
      for (const schema of [id, `${id}-2`]) await control.call("schema.delete", { schema }, {});
      if (!yard.place.isEnforced) return;
      await control.call("user.delete", { user: id }, {});
      await control.call("user.delete", { user: "carl" }, { tenant: id }).catch(() => undefined);
      await control.call("tenant.delete", { tenant: id }, {});
    });
  },
  plant: {
    bug: "a file is not looked at again once its stations are there",
    run: () => Promise.resolve(),
    client: async (control, id, place) => {
      const there = await Array.fromAsync(control.list("station.list", {}));
      if (there.some(({ name }) => name === `${id}.more`)) return;
      await apply(control, id, place);
    },
  },
};

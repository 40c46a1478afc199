import { isDeepStrictEqual } from "node:util";
import type { ControlClient, Schema } from "oxbow/control";
import { CommandFailure } from "../failures.ts";
import type { WantedSchema } from "./setup.ts";
import { created, type Step } from "./step.ts";

/**
 * What makes a schema be as a file wants it.
 *
 * @throws CommandFailure for one that is of another format
 */
export async function schemaSteps(
  control: ControlClient,
  { name, request }: WantedSchema,
  there: Schema | undefined,
): Promise<Step[]> {
  const schema = name;
  const target = `schema ${name}`;
  const { format, compatibility, ...version } = request;
  if (there === undefined) {
    const run = (): Promise<unknown> => control.call("schema.create", { schema }, request);
    const after = { format, ...(compatibility !== undefined && { compatibility }) };
    return [{ operation: "schema.create", action: "create", target, changes: created(after), run }];
  }
  if (there.format !== format) {
    const text = `${target} is ${there.format}, and can't become ${format}: choose another name`;
    throw new CommandFailure(text);
  }
  const steps: Step[] = [];
  if (compatibility !== undefined && compatibility !== there.compatibility) {
    steps.push({
      operation: "schema.setCompatibility",
      action: "change",
      target,
      changes: [{ name: "compatibility", before: there.compatibility, after: compatibility }],
      run: () => control.call("schema.setCompatibility", { schema }, { compatibility }),
    });
  }
  const { activeVersion } = there;
  const active =
    activeVersion === undefined ? undefined : await control.call("schema.text", { schema }, {});
  const isSame =
    active?.text === version.text &&
    active.messageName === version.messageName &&
    isDeepStrictEqual(active.references, version.references ?? []);
  if (!isSame) {
    const before = activeVersion === undefined ? "none" : `version ${activeVersion}`;
    steps.push({
      operation: "schema.addVersion",
      action: "change",
      target,
      changes: [{ name: "active", before, after: "the text of the file" }],
      run: () => control.call("schema.addVersion", { schema }, { ...version, isActivated: true }),
    });
  }
  return steps;
}

import type { Group, Station } from "oxbow";
import type { Attachment, ControlClient, Schema, Tenant, User } from "oxbow/control";
import { CommandFailure } from "../failures.ts";
import { formatCount } from "../output/print.ts";
import { ofTenant, requireOthers, type UserPlace, userTarget } from "./plan-accounts.ts";
import { inOrderOfReferences } from "./references.ts";
import type { Setup, WantedStation } from "./setup.ts";
import { isNamed, type Step } from "./step.ts";

/** What there is of stations and what is theirs. */
export interface PresentStations {
  readonly schemas: readonly Schema[];
  readonly stations: readonly Station[];
  readonly attachments: readonly Attachment[];
  readonly groups: readonly Group[];
}

/**
 * What takes out groups, stations and schemas that a file does not name, of those kinds that it speaks of. Streams and
 * consumers of plain clients stay.
 *
 * @throws CommandFailure for a schema that what stays uses
 */
export function pruneStations(
  control: ControlClient,
  { stations: wanted, schemas: wantedSchemas }: Setup,
  present: PresentStations,
): Step[] {
  const gone = present.stations.filter(
    (each) => wanted !== undefined && each.isManaged && !isNamed(wanted, each),
  );
  const steps = (wanted ?? []).flatMap((station) => pruneGroups(control, station, present.groups));
  for (const { name: station, messages } of gone) {
    const groups = present.groups.filter((each) => each.station === station);
    steps.push({
      operation: "station.delete",
      action: "remove",
      target: `station ${station}`,
      changes: [
        { name: "messages", before: formatCount(messages), after: "gone" },
        ...(groups.length === 0
          ? []
          : [{ name: "groups", before: groups.map(({ name }) => name), after: "gone" }]),
      ],
      run: () => control.call("station.delete", { station }, {}),
    });
  }
  if (wantedSchemas === undefined) return steps;
  const unnamed = present.schemas.filter((each) => !isNamed(wantedSchemas, each));
  for (const { name: schema } of inOrderOfReferences(unnamed).reverse()) {
    requireUnused(schema, wanted ?? [], present, gone);
    steps.push({
      operation: "schema.delete",
      action: "remove",
      target: `schema ${schema}`,
      changes: [],
      run: () => control.call("schema.delete", { schema }, {}),
    });
  }
  return steps;
}

function pruneGroups(
  control: ControlClient,
  { name, groups: wanted }: WantedStation,
  groups: readonly Group[],
): Step[] {
  if (wanted === undefined) return [];
  return groups
    .filter((each) => each.isManaged && isNamed([{ name }], { name: each.station }))
    .filter((each) => !isNamed(wanted, each))
    .map(({ station, name: group }) => ({
      operation: "group.delete",
      action: "remove",
      target: `group ${station} / ${group}`,
      changes: [],
      run: () => control.call("group.delete", { station, group }, {}),
    }));
}

/** So that nothing is taken out before it is known that all of it can be. */
function requireUnused(
  schema: string,
  wanted: readonly WantedStation[],
  { attachments }: PresentStations,
  gone: readonly Station[],
): void {
  const user = attachments.find(
    (each) =>
      each.schema === schema &&
      !gone.some(({ name }) => name === each.station) &&
      wanted.find(({ name }) => isNamed([{ name }], { name: each.station }))?.attachment ===
        undefined,
  );
  if (user === undefined) return;
  const text = `--prune would delete the schema ${schema}, which the station ${user.station} uses: name it in the file, or write "schema: none" for that station`;
  throw new CommandFailure(text);
}

/** What takes out the users of a tenant that a file does not name. @throws CommandFailure for who applies */
export function pruneUsers(
  place: UserPlace,
  wanted: readonly { readonly name: string }[],
  isSelf: (user: User) => boolean,
): Step[] {
  const gone = place.users.filter((each) => !isNamed(wanted, each));
  requireOthers(gone, isSelf);
  return gone.map(({ name: user }) => ({
    operation: "user.delete",
    action: "remove",
    target: userTarget(place, user),
    changes: [],
    run: () => place.control.call("user.delete", { user }, ofTenant(place)),
  }));
}

/** What takes out tenants that a file does not name, once their users are gone. The one that is there always stays. */
export function pruneTenant(control: ControlClient, { name: tenant }: Tenant): Step {
  return {
    operation: "tenant.delete",
    action: "remove",
    target: `tenant ${tenant}`,
    changes: [{ name: "stations", before: "all of its", after: "gone" }],
    run: () => control.call("tenant.delete", { tenant }, {}),
  };
}

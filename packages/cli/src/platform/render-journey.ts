import type { Journey, JourneyPlace, JourneyRelative } from "oxbow/control";
import { type Column, renderFields, renderTable } from "../output/table.ts";

/** The journey of a message for people. */
export function renderJourney(journey: Journey): string {
  const { producer, traceId, isTraceNamed, groups, events, gaps, message } = journey;
  const by = producer === null ? "a client that does not say who it is" : producerText(producer);
  const facts = renderFields([
    ["stored", message?.time],
    ["now", journey.whereabouts],
    ["key", message?.key ?? undefined],
    ["id", message?.messageId ?? undefined],
    ["produced by", message === null ? undefined : by],
    ["came from", listOf(journey.parents)],
    ["became", listOf(journey.children)],
    [
      "trace",
      traceId === null
        ? undefined
        : `${traceId}, which ${isTraceNamed ? "goes on" : "begins"} here`,
    ],
  ]);
  const happened = renderTable(
    columns("time", "what", "group", "delivery", "about"),
    events.map(({ at, kind, group, attempt, text, to }) => [
      at,
      kind,
      group ?? "",
      attempt === null ? "" : String(attempt),
      to === null ? (text ?? "") : placeText(to),
    ]),
  );
  const fates = renderTable(
    columns("group", "state", "known", "deliveries", "since"),
    groups.map(({ group, state, certainty, attempts, why }) => [
      group,
      state,
      certainty,
      attempts === null ? "" : String(attempts),
      why,
    ]),
  );
  const missing = gaps.map((gap) => `not looked at: ${gap}`);
  return [`${placeText(journey)}\n${facts}`, happened, fates, ...missing].join("\n");
}

function columns(...titles: readonly string[]): Column[] {
  return titles.map((title) => ({ title }));
}

function producerText({ name, door, user, address }: NonNullable<Journey["producer"]>): string {
  const where = [user === null ? "" : `as ${user}`, address === null ? "" : `from ${address}`];
  return [`${name ?? "somebody"} (${door})`, ...where.filter((each) => each !== "")].join(" ");
}

function listOf(relatives: readonly JourneyRelative[]): string | undefined {
  if (relatives.length === 0) return undefined;
  return relatives.map((each) => `${placeText(each)} (${each.how})`).join(", ");
}

function placeText({ station, partition, sequence }: JourneyPlace): string {
  return `${station}/${partition}/${sequence}`;
}

import type { ExportOptions, ImportOptions } from "../options/accounts.ts";
import { subjectIsSubset } from "../subjects/subject.ts";

const connections = "$SYS.REQ.ACCOUNT.*.CONNZ";
const statistics = "$SYS.REQ.ACCOUNT.*.STATZ";
const subscribers = "$SYS.DEBUG.SUBSCRIBERS";
/** Where the account's name stands in the first two. */
const accountPosition = 4;

const offers: readonly ExportOptions[] = [
  service(connections, { responseType: "stream", accountTokenPosition: accountPosition }),
  service(statistics, { responseType: "stream", accountTokenPosition: accountPosition }),
  service(subscribers, {}),
];

/** What the system account exports: `own`, and what every account may ask the server about itself, unless `own` has it. */
export function systemExports(own: readonly ExportOptions[]): ExportOptions[] {
  const services = own.filter((offered) => offered.kind === "service");
  const missing = offers.filter(
    ({ subject }) => !services.some((offered) => subjectIsSubset(subject, offered.subject)),
  );
  return [...own, ...missing];
}

/** What every account but the system account imports from it, each with the subject of the export it uses. */
export function systemImports(
  accountName: string,
  systemAccountName: string,
): { readonly options: ImportOptions; readonly offer: string }[] {
  const imported = (to: string, what: string, offer: string) => ({
    offer,
    options: {
      kind: "service",
      account: systemAccountName,
      subject: `$SYS.REQ.ACCOUNT.${accountName}.${what}`,
      to,
    } as const,
  });
  return [
    imported("$SYS.REQ.ACCOUNT.PING.CONNZ", "CONNZ", connections),
    imported("$SYS.REQ.SERVER.PING.CONNZ", "CONNZ", connections),
    imported("$SYS.REQ.ACCOUNT.PING.STATZ", "STATZ", statistics),
  ];
}

function service(subject: string, more: Partial<ExportOptions>): ExportOptions {
  return { kind: "service", subject, ...more };
}

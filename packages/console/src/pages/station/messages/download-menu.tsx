import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { path } from "../../../api/ask.ts";
import type { MessageBody } from "../../../api/types.ts";
import { useMay } from "../../../parts/may.tsx";
import { countText } from "../../../parts/numbers.ts";
import { type MessageFilters, placeText, searchQuery } from "./message-filters.ts";

/** Messages of a download, and those that can be named in one. */
const downloadMax = 10_000;
const picksMax = 500;

/** Saves what is found, or what is chosen of it, where the user may. */
export function DownloadMenu({
  station,
  filters,
  selected,
}: {
  readonly station: string;
  readonly filters: MessageFilters;
  readonly selected: readonly MessageBody[];
}) {
  const mayExport = useMay()("station.export");
  const hasPicks = selected.length > 0;
  const isTooMany = selected.length > picksMax;
  const query = hasPicks
    ? { pick: selected.map(placeText).join(",") }
    : { ...searchQuery(filters), limit: downloadMax };
  const what = hasPicks
    ? `${countText(selected.length)} chosen`
    : `The first ${countText(downloadMax)} that are found`;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={15} aria-hidden />}>
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {!mayExport
            ? "Your user may not download messages: an admin can let it"
            : isTooMany
              ? `Choose at most ${picksMax}`
              : what}
        </Menu.Label>
        {(["ndjson", "csv"] as const).map((format) => (
          <Menu.Item
            key={format}
            component="a"
            download
            disabled={!mayExport || isTooMany}
            href={addressOf(station, { ...query, decode: true, format })}
          >
            {format === "csv" ? "CSV, for spreadsheets" : "NDJSON, a message in each line"}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function addressOf(
  station: string,
  query: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(said.map(([name, value]) => [name, String(value)]));
  return `/api/v1${path`/stations/${station}/export`}?${search}`;
}

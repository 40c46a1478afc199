import { Badge, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { bytesOf, hexText } from "./hex.ts";
import { JsonTree } from "./json-tree.tsx";
import { sizeText } from "./numbers.ts";

/** Bytes that are shown as hex: more than anybody reads. */
const hexBytesMax = 16 * 1024;

interface ShownPayload {
  readonly payload: string;
  readonly encoding: "text" | "base64";
  /** Bytes of the whole payload. */
  readonly size: number;
  /** By a schema: `text` is `null` where the payload is that already. */
  readonly decoded?: {
    readonly text: string | null;
    readonly schema: string;
    readonly version: number;
  } | null;
}

type View = "json" | "text" | "hex";

/** What somebody has stored: as JSON, as text, or as bytes. */
export function Payload({ payload: shown }: { readonly payload: ShownPayload }) {
  const { encoding, payload, decoded, size } = shown;
  const text = decoded?.text ?? (encoding === "text" ? payload : undefined);
  const json = useMemo(() => parsed(text), [text]);
  const [wanted, setWanted] = useState<View | undefined>();
  const best: View = json !== undefined ? "json" : encoding === "text" ? "text" : "hex";
  const view = wanted ?? best;
  const views = [
    { value: "json", label: "JSON", disabled: json === undefined },
    { value: "text", label: "Text", disabled: text === undefined },
    { value: "hex", label: "Hex" },
  ];
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <SegmentedControl
          size="xs"
          aria-label="How the payload is shown"
          value={view}
          onChange={(value) => setWanted(value as View)}
          data={views}
        />
        <Group gap="xs">
          {decoded !== null && decoded !== undefined && (
            <Badge variant="light">
              {decoded.schema} v{decoded.version}
            </Badge>
          )}
          <Text size="xs" c="dimmed">
            {kindOf(shown, json !== undefined)}, {sizeText(size)}
          </Text>
        </Group>
      </Group>
      <div className="payload payload-box">
        {view === "json" && json !== undefined ? (
          <JsonTree value={json.value} label="Payload as JSON" />
        ) : view === "hex" ? (
          <Hex payload={shown} />
        ) : (
          (text ?? "")
        )}
      </div>
    </Stack>
  );
}

function Hex({ payload }: { readonly payload: ShownPayload }) {
  const bytes = bytesOf(payload);
  const shown = hexText(bytes.subarray(0, hexBytesMax));
  const more = bytes.length - hexBytesMax;
  return (
    <div className="payload-hex">{more > 0 ? `${shown}\n… and ${sizeText(more)} more` : shown}</div>
  );
}

function kindOf({ encoding, decoded, size }: ShownPayload, isJson: boolean): string {
  if (size === 0) return "empty";
  if (decoded !== null && decoded !== undefined && decoded.text !== null) return "decoded";
  if (isJson) return "JSON";
  return encoding === "text" ? "text" : "binary";
}

/** A number beyond what JavaScript holds is shown as it is written. */
function parsed(text: string | undefined): { readonly value: unknown } | undefined {
  if (text === undefined || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return {
      value: JSON.parse(text, (_, value: unknown, context?: { readonly source?: string }) =>
        typeof value === "number" && !Number.isSafeInteger(value) && context?.source !== undefined
          ? new Verbatim(context.source)
          : value,
      ),
    };
  } catch {
    return undefined;
  }
}

/** Shown without quotes. */
class Verbatim extends String {}

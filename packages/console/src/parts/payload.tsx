import { Badge, Group, SegmentedControl, Skeleton, Stack, Text } from "@mantine/core";
import { lazy, Suspense, useMemo, useState } from "react";
import type { MessageBody } from "../api/types.ts";
import type { BinaryFormat } from "./binary-value.ts";
import { bytesOf, hexText } from "./hex.ts";
import { JsonTree } from "./json-tree.tsx";
import { sizeText } from "./numbers.ts";

/** Bytes that are shown as hex: more than anybody reads. */
const hexBytesMax = 16 * 1024;

type ShownPayload = Pick<MessageBody, "payload" | "encoding" | "size" | "decoded">;
type View = "json" | "text" | "hex" | BinaryFormat;

const BinaryView = lazy(() =>
  import("./binary-view.tsx").then((it) => ({ default: it.BinaryView })),
);

/** What somebody has stored: as JSON, as text, or as bytes. */
export function Payload({ payload: shown }: { readonly payload: ShownPayload }) {
  const { encoding, payload, decoded, size } = shown;
  const text = decoded?.text ?? (encoding === "text" ? payload : undefined);
  const json = useMemo(() => parsed(text), [text]);
  const [wanted, setWanted] = useState<View | undefined>();
  const best: View = json !== undefined ? "json" : encoding === "text" ? "text" : "hex";
  const isBinary = text === undefined && size > 0;
  const views = isBinary
    ? [
        { value: "hex", label: "Hex" },
        { value: "msgpack", label: "MessagePack" },
        { value: "cbor", label: "CBOR" },
      ]
    : [
        { value: "json", label: "JSON", disabled: json === undefined },
        { value: "text", label: "Text", disabled: text === undefined },
        { value: "hex", label: "Hex" },
      ];
  // What was wanted of another message may not be had of this one.
  const isOffered = views.some(({ value }) => value === wanted);
  const view = wanted !== undefined && isOffered ? wanted : best;
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
        ) : isBinary && (view === "msgpack" || view === "cbor") ? (
          <Suspense fallback={<Skeleton height={80} />}>
            <BinaryView format={view} payload={shown} />
          </Suspense>
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

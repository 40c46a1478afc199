import { Text } from "@mantine/core";
import { useMemo } from "react";
import type { MessageBody } from "../api/types.ts";
import { type BinaryFormat, binaryValue } from "./binary-value.ts";
import { bytesOf } from "./hex.ts";
import { JsonTree } from "./json-tree.tsx";

const names: Readonly<Record<BinaryFormat, string>> = { msgpack: "MessagePack", cbor: "CBOR" };

/** A payload as MessagePack or CBOR: somebody has said which, for its bytes don't. */
export function BinaryView({
  format,
  payload,
}: {
  readonly format: BinaryFormat;
  readonly payload: Pick<MessageBody, "payload" | "encoding" | "size">;
}) {
  const name = names[format];
  const read = useMemo(() => {
    const bytes = bytesOf(payload);
    if (bytes.length < payload.size) return { problem: "only its beginning is here" };
    try {
      return { value: binaryValue(format, bytes) };
    } catch (error) {
      return { problem: (error as Error).message };
    }
  }, [format, payload]);
  if ("value" in read) {
    return <JsonTree key={format} value={read.value} label={`Payload as ${name}`} />;
  }
  return (
    <Text size="sm">
      It can't be read as {name}: {read.problem}.
    </Text>
  );
}

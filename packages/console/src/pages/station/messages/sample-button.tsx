import { Button, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { SchemaText } from "oxbow/control";
import { ask, path } from "../../../api/ask.ts";
import { stationSchemaQuestion } from "../../../api/questions.ts";
import type { Schema } from "../../../api/types.ts";
import { sampleOfAvro, sampleOfJsonSchema } from "./sample.ts";

/** Puts a message in that the schema of the station takes. */
export function SampleButton({
  station,
  onTake,
}: {
  readonly station: string;
  readonly onTake: (payload: string) => void;
}) {
  const { data } = useQuery(stationSchemaQuestion(station));
  const name = data?.attachment?.schema;
  const sample = useMutation({
    mutationFn: async () => {
      const schema = await ask<Schema>("GET", path`/schemas/${name ?? ""}`);
      const version = data?.attachment?.version;
      const number = typeof version === "number" ? version : schema.activeVersion;
      const { text } = await ask<SchemaText>("GET", path`/schemas/${name ?? ""}/text`, {
        query: { version: number },
      });
      const value =
        schema.format === "json"
          ? sampleOfJsonSchema(text)
          : schema.format === "avro"
            ? sampleOfAvro(text)
            : undefined;
      if (value === undefined) throw new Error(`no sample can be made of ${schema.format} here`);
      return JSON.stringify(value, undefined, 2);
    },
    onSuccess: onTake,
  });
  if (name === undefined) return null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={sample.isPending}
        onClick={() => sample.mutate()}
      >
        Sample of {name}
      </Button>
      {sample.error !== null && (
        <Text size="sm" c="red">
          {sample.error.message}
        </Text>
      )}
    </>
  );
}

import {
  Alert,
  Autocomplete,
  Checkbox,
  Group,
  List,
  Modal,
  NumberInput,
  Radio,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask, path } from "../../../api/ask.ts";
import { browseQuestion } from "../../../api/questions.ts";
import type { Dropped, Resend, ResendCounts } from "../../../api/types.ts";
import { Done } from "../../../parts/done.tsx";
import { Failure } from "../../../parts/failure.tsx";
import { Form } from "../../../parts/form.tsx";
import { countText } from "../../../parts/numbers.ts";
import { useWrite } from "../../../parts/use-write.ts";
import { ResendProgress } from "./resends.tsx";

interface ResendDialogProps {
  readonly station: string;
  readonly filter: object;
  /** What is changed of the message, if it is one that was edited. */
  readonly edit?: object;
  /** Whether some of them were not let in, and so are of no group; `undefined` if that is not known. */
  readonly isRefused: boolean | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** @param isGone - Whether it was sent, and the dead letter of it was not to be kept. */
  readonly onDone: (isGone: boolean) => void;
}

/** Asks where messages are sent again, tells what that would come to, and then how far it is. */
export function ResendDialog({ isOpen, onClose, ...rest }: ResendDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Send again" size="lg">
      <ResendForm onClose={onClose} {...rest} />
    </Modal>
  );
}

function ResendForm({
  station,
  filter,
  edit,
  isRefused,
  onClose,
  onDone,
}: Omit<ResendDialogProps, "isOpen">) {
  const queries = useQueryClient();
  const [to, setTo] = useState(isRefused === true ? "station" : "group");
  const [other, setOther] = useState("");
  const [key, setKey] = useState("");
  const [keep, setKeep] = useState(false);
  const [resendsMax, setResendsMax] = useState<number>();
  const { data: counts, error: forecastError } = useForecast(station, {
    filter,
    to,
    ...(edit !== undefined && { edit }),
    ...(resendsMax !== undefined && { resendsMax }),
  });
  const act = useWrite(
    (): Promise<Resend> => {
      const body = {
        filter,
        keep,
        ...(edit !== undefined && { edit }),
        ...(resendsMax !== undefined && { resendsMax }),
      };
      const resends = path`/stations/${station}/resends`;
      if (to !== "other") return ask("POST", resends, { body: { ...body, to } });
      const target = { station: other.trim(), ...(key.trim() !== "" && { key: key.trim() }) };
      return ask("POST", `${resends}/elsewhere`, { body: { ...body, to: target } });
    },
    { stale: { queryKey: ["station", station] } },
  );
  if (act.data !== undefined) {
    return (
      <Done
        action="Close"
        onDone={() => {
          const ended = queries.getQueryData<Resend>(["resend", station, act.data.id]);
          onClose();
          onDone(!keep && (ended?.sent ?? 0) > 0);
        }}
      >
        <ResendProgress station={station} id={act.data.id} hasHint={!keep} />
      </Done>
    );
  }
  return (
    <Form
      onSubmit={() => act.mutate()}
      doing={act}
      action="Send again"
      isReady={
        counts !== undefined && counts.matched > 0 && (to !== "other" || other.trim() !== "")
      }
      onCancel={onClose}
    >
      <Radio.Group label="To" value={to} onChange={setTo}>
        <Stack gap={6} mt={6}>
          <Radio
            value="group"
            label="the group that could not deal with each, and no other"
            disabled={isRefused === true}
            description={
              isRefused === true
                ? "Not those that were not let in: they are of no group."
                : undefined
            }
          />
          <Radio value="station" label={`${station}: all of its groups get them`} />
          <Radio value="other" label="another station" />
        </Stack>
      </Radio.Group>
      {to === "other" && (
        <Group align="start" grow>
          <StationInput value={other} onChange={setOther} />
          <TextInput
            label="Key"
            description="Their own if it is left out"
            value={key}
            onChange={({ currentTarget }) => setKey(currentTarget.value)}
          />
        </Group>
      )}
      <NumberInput
        label="Leave out those sent again so often already"
        description="A message that dies again and again is left alone. Empty for no bound."
        placeholder="no bound"
        min={1}
        value={resendsMax ?? ""}
        onChange={(value) => setResendsMax(typeof value === "number" ? value : undefined)}
      />
      <Checkbox
        label="Keep the dead letters"
        description="By default one goes as soon as its message is stored again."
        checked={keep}
        onChange={({ currentTarget }) => setKeep(currentTarget.checked)}
      />
      <Failure error={forecastError} />
      {counts !== undefined && <Forecast counts={counts} />}
    </Form>
  );
}

/** What it would come to. Of another station the server tells only how many they are. */
function useForecast(
  station: string,
  { to, ...body }: { readonly filter: object; readonly to: string },
): { readonly data: ResendCounts | undefined; readonly error: Error | null } {
  return useQuery({
    queryKey: ["station", station, "dead-letters", "foresee", to, body],
    queryFn: async (): Promise<ResendCounts> => {
      if (to !== "other") {
        return ask("POST", path`/stations/${station}/resends/foresee`, { body: { ...body, to } });
      }
      const { dropped: matched } = await ask<Dropped>(
        "POST",
        path`/stations/${station}/dead-letters/drop`,
        { body: { filter: body.filter, isDryRun: true } },
      );
      return { matched, sent: matched, skipped: 0, failed: 0, problems: [] };
    },
    staleTime: 0,
  });
}

function Forecast({
  counts: { matched, sent, skipped, failed, problems },
}: {
  readonly counts: ResendCounts;
}) {
  return (
    <Alert
      color={failed > 0 || sent === 0 ? "yellow" : "teal"}
      title={`${countText(sent)} of ${countText(matched)} would be sent`}
      role="status"
    >
      {skipped + failed > 0 && (
        <Text size="sm">
          {countText(skipped)} would be left out, {countText(failed)} could not be sent.
        </Text>
      )}
      {problems.length > 0 && (
        <List size="sm">
          {problems.map((problem) => (
            <List.Item key={problem}>{problem}</List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}

function StationInput({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const [search] = useDebouncedValue(value.trim(), 150);
  const { data } = useQuery({ ...browseQuestion({ search, limit: 8 }), refetchInterval: false });
  return (
    <Autocomplete
      label="Station"
      description="It has to be there"
      data={data?.items.map(({ name }) => name) ?? []}
      filter={({ options }) => options}
      value={value}
      onChange={onChange}
      required
    />
  );
}

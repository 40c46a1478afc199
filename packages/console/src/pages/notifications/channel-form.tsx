import {
  Group,
  NumberInput,
  PasswordInput,
  Radio,
  Select,
  Stack,
  Switch,
  TagsInput,
  TextInput,
} from "@mantine/core";
import type { Channel, ChannelKind, ChannelWithSecret } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { Done } from "../../parts/done.tsx";
import { Form } from "../../parts/form.tsx";
import { NameInput } from "../../parts/name-input.tsx";
import { Secret } from "../../parts/secret.tsx";
import { StationSelect } from "../../parts/station-select.tsx";
import { useWrite } from "../../parts/use-write.ts";
import { channelWords } from "./words.ts";

interface Draft {
  readonly name: string;
  readonly description: string;
  readonly kind: ChannelKind;
  readonly isPaused: boolean;
  readonly perMinuteMax: number;
  /** Of Slack and webhooks; empty where it stays as it is. */
  readonly url: string;
  readonly station: string;
  readonly host: string;
  readonly port: number | "";
  readonly security: "tls" | "starttls" | "none";
  readonly user: string;
  /** Empty where it stays as it is. */
  readonly password: string;
  readonly from: string;
  readonly to: readonly string[];
}

function draftOf(channel: Channel | undefined): Draft {
  const email = channel?.to.kind === "email" ? channel.to : undefined;
  return {
    name: channel?.name ?? "",
    description: channel?.description ?? "",
    kind: channel?.to.kind ?? "slack",
    isPaused: channel?.isPaused ?? false,
    perMinuteMax: channel?.perMinuteMax ?? 30,
    url: "",
    station: channel?.to.kind === "station" ? channel.to.station : "",
    host: email?.host ?? "",
    port: email?.port ?? "",
    security: email?.security ?? "starttls",
    user: email?.user ?? "",
    password: "",
    from: email?.from ?? "",
    to: email?.to ?? [],
  };
}

/** What the server is asked for; what is secret and was left empty is not said. */
function targetOf(draft: Draft, isNew: boolean): Readonly<Record<string, unknown>> {
  const { kind, url, station, host, port, security, user, password, from, to } = draft;
  switch (kind) {
    case "station":
      return { kind, station };
    case "email":
      return {
        ...{ kind, host, security, from, to },
        ...(port !== "" && { port }),
        user: user === "" ? null : user,
        ...(user === "" ? { password: null } : password !== "" && { password }),
      };
    default:
      return { kind, ...((isNew || url !== "") && { url }) };
  }
}

/** Makes a channel, or changes one. Secrets are written, and never read. */
export function ChannelForm({
  channel,
  onDone,
}: {
  readonly channel: Channel | undefined;
  readonly onDone: () => void;
}) {
  const isNew = channel === undefined;
  const [draft, setDraft] = useState(draftOf(channel));
  const put = (changes: Partial<Draft>): void => setDraft({ ...draft, ...changes });
  const save = useWrite(
    () => {
      const { name, description, isPaused, perMinuteMax } = draft;
      const to = targetOf(draft, isNew);
      const body = { description, isPaused, perMinuteMax, to };
      const where = path`/notifications/channels/${name}`;
      return ask<ChannelWithSecret>(isNew ? "PUT" : "PATCH", where, { body });
    },
    {
      stale: { queryKey: ["notifications"] },
      onDone: ({ secret }) => {
        if (secret === null) onDone();
      },
    },
  );
  if (typeof save.data?.secret === "string") {
    return (
      <Done onDone={onDone}>
        <Secret title="The secret of its signatures" value={save.data.secret}>
          With it your server checks that a request comes from here (header webhook-signature). It
          is shown this once: copy it now.
        </Secret>
      </Done>
    );
  }
  return (
    <Form onSubmit={() => save.mutate()} doing={save} action={isNew ? "Create channel" : "Save"}>
      {isNew && (
        <>
          <NameInput value={draft.name} onChange={(name) => put({ name })} />
          <Radio.Group
            label="It leads to"
            value={draft.kind}
            onChange={(value) => put({ kind: value as ChannelKind })}
          >
            <Stack gap="xs" mt={4}>
              {Object.entries(channelWords).map(([value, { title, text }]) => (
                <Radio key={value} value={value} label={title} description={text} />
              ))}
            </Stack>
          </Radio.Group>
        </>
      )}
      {(draft.kind === "slack" || draft.kind === "webhook") && (
        <TextInput
          type="url"
          label="Address"
          description={
            isNew
              ? "It is secret as a whole: once saved, only its server is shown"
              : "Secret: leave it empty to keep the one that is there"
          }
          placeholder={
            draft.kind === "slack"
              ? "https://hooks.slack.com/services/…"
              : "https://example.com/hooks/oxbow"
          }
          value={draft.url}
          onChange={({ currentTarget }) => put({ url: currentTarget.value })}
          autoComplete="off"
          required={isNew}
        />
      )}
      {draft.kind === "station" && (
        <StationSelect
          label="Station"
          value={draft.station === "" ? null : draft.station}
          onChange={(station) => put({ station: station ?? "" })}
        />
      )}
      {draft.kind === "email" && <EmailFields draft={draft} isNew={isNew} put={put} />}
      <NumberInput
        label="In a minute, at most"
        description="What is more waits"
        min={1}
        max={600}
        value={draft.perMinuteMax}
        onChange={(value) => put({ perMinuteMax: Number(value) || 1 })}
      />
      <TextInput
        label="Description"
        value={draft.description}
        onChange={({ currentTarget }) => put({ description: currentTarget.value })}
      />
      <Switch
        label="Paused"
        description="What is due meanwhile is left out"
        checked={draft.isPaused}
        onChange={({ currentTarget }) => put({ isPaused: currentTarget.checked })}
      />
    </Form>
  );
}

function EmailFields({
  draft,
  isNew,
  put,
}: {
  readonly draft: Draft;
  readonly isNew: boolean;
  readonly put: (changes: Partial<Draft>) => void;
}) {
  return (
    <>
      <Group grow align="start">
        <TextInput
          label="Server of mail"
          placeholder="smtp.example.com"
          value={draft.host}
          onChange={({ currentTarget }) => put({ host: currentTarget.value })}
          required
        />
        <NumberInput
          label="Port"
          placeholder={draft.security === "tls" ? "465" : "587"}
          min={1}
          max={65_535}
          value={draft.port}
          onChange={(value) => put({ port: value === "" ? "" : Number(value) })}
        />
      </Group>
      <Select
        label="Encrypted"
        data={[
          { value: "starttls", label: "After STARTTLS, which is demanded" },
          { value: "tls", label: "From the start (TLS)" },
          { value: "none", label: "Not at all: anybody in between can read it" },
        ]}
        value={draft.security}
        onChange={(value) => put({ security: (value ?? "starttls") as Draft["security"] })}
        allowDeselect={false}
      />
      <Group grow align="start">
        <TextInput
          label="User"
          description="Empty where it asks for none"
          value={draft.user}
          onChange={({ currentTarget }) => put({ user: currentTarget.value })}
          autoComplete="off"
        />
        <PasswordInput
          label="Password of the server"
          description={isNew ? "It is never shown again" : "Empty to keep the one that is there"}
          value={draft.password}
          onChange={({ currentTarget }) => put({ password: currentTarget.value })}
          autoComplete="new-password"
        />
      </Group>
      <TextInput
        label="From"
        placeholder="oxbow@example.com"
        value={draft.from}
        onChange={({ currentTarget }) => put({ from: currentTarget.value })}
        required
      />
      <TagsInput
        label="To"
        placeholder="ops@example.com"
        value={[...draft.to]}
        onChange={(to) => put({ to })}
        acceptValueOnBlur
      />
    </>
  );
}

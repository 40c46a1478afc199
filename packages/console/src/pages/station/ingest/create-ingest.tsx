import { Group, PasswordInput, Select, TextInput } from "@mantine/core";
import type { IngestKind, IngestRequest, IngestWithSecret } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../../api/ask.ts";
import { Form } from "../../../parts/form.tsx";
import { NameInput } from "../../../parts/name-input.tsx";
import { useWrite } from "../../../parts/use-write.ts";

/** What is known of those who send. */
interface Sender {
  readonly label: string;
  readonly about: string;
  readonly isSecretMadeHere: boolean;
}

export const senders: Readonly<Record<IngestKind, Sender>> = {
  github: {
    label: "GitHub",
    about: "Put the URL and the secret that are made into the settings of the webhook.",
    isSecretMadeHere: true,
  },
  stripe: {
    label: "Stripe",
    about: "Stripe shows the secret, whsec_…, once it knows the URL: set it here afterwards.",
    isSecretMadeHere: false,
  },
  slack: {
    label: "Slack",
    about: "The signing secret stands among the basic information of the app.",
    isSecretMadeHere: false,
  },
  standard: {
    label: "Standard Webhooks",
    about: "Svix, OpenAI, Supabase and others sign so; they show the secret, whsec_….",
    isSecretMadeHere: false,
  },
  hmac: {
    label: "HMAC in a header",
    about: "Shopify, Linear, and what your own programs sign with SHA-256.",
    isSecretMadeHere: true,
  },
  none: {
    label: "Nothing but the URL",
    about: "Who knows the URL may write. For senders that can't sign.",
    isSecretMadeHere: false,
  },
};

export function senderOf(kind: IngestKind): string {
  return senders[kind].label;
}

/** Asks for what a new URL is to be. */
export function CreateIngest({
  station,
  onMade,
}: {
  readonly station: string;
  readonly onMade: (made: IngestWithSecret) => void;
}) {
  const [name, setName] = useState("");
  const [kind, setKind] = useState<IngestKind>("github");
  const [secret, setSecret] = useState("");
  const [header, setHeader] = useState("");
  const [idHeader, setIdHeader] = useState("");
  const [encoding, setEncoding] = useState<"hex" | "base64">("hex");
  const [prefix, setPrefix] = useState("");
  const create = useWrite(
    () => {
      const id = idHeader === "" ? {} : { idHeader };
      const verify =
        kind === "hmac"
          ? { kind, header, encoding, prefix, ...id }
          : kind === "none"
            ? { kind, ...id }
            : { kind };
      const body: IngestRequest = { verify, ...(secret !== "" && { secret }) };
      return ask<IngestWithSecret>("PUT", path`/stations/${station}/ingest/${name.trim()}`, {
        body,
      });
    },
    {
      stale: { queryKey: ["station", station, "ingest"] },
      onDone: (made) => {
        onMade(made);
      },
    },
  );
  const { about, isSecretMadeHere } = senders[kind];
  return (
    <Form onSubmit={() => create.mutate()} doing={create} action="Create">
      <NameInput
        description="What you call it; its messages say that they came by it."
        value={name}
        onChange={setName}
        maxLength={64}
      />
      <Select
        label="Verified by"
        description={about}
        data={Object.entries(senders).map(([value, { label }]) => ({ value, label }))}
        value={kind}
        onChange={(value) => setKind((value ?? "github") as IngestKind)}
        allowDeselect={false}
      />
      {kind === "hmac" && (
        <>
          <TextInput
            label="Header of the signature"
            placeholder="X-Shopify-Hmac-Sha256"
            value={header}
            onChange={({ currentTarget }) => setHeader(currentTarget.value)}
            required
          />
          <Group grow align="start">
            <Select
              label="Written as"
              data={["hex", "base64"]}
              value={encoding}
              onChange={(value) => setEncoding(value === "base64" ? "base64" : "hex")}
              allowDeselect={false}
            />
            <TextInput
              label="Behind"
              placeholder="sha256="
              value={prefix}
              onChange={({ currentTarget }) => setPrefix(currentTarget.value)}
            />
          </Group>
        </>
      )}
      {(kind === "hmac" || kind === "none") && (
        <TextInput
          label="Header of the message id"
          description="By which a delivery that is sent again is stored once. Without it, it is stored again."
          placeholder="X-Request-Id"
          value={idHeader}
          onChange={({ currentTarget }) => setIdHeader(currentTarget.value)}
        />
      )}
      {kind !== "none" && (
        <PasswordInput
          label="Secret"
          description={
            isSecretMadeHere
              ? "A random one is made if you give none."
              : "As the sender shows it. Until it is known here, everything is refused."
          }
          value={secret}
          onChange={({ currentTarget }) => setSecret(currentTarget.value)}
          autoComplete="off"
        />
      )}
    </Form>
  );
}

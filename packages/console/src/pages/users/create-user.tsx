import { PasswordInput, Radio, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { UserWithPassword } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../api/ask.ts";
import { callerQuestion } from "../../api/caller-question.ts";
import { Done } from "../../parts/done.tsx";
import { Form } from "../../parts/form.tsx";
import { NameInput } from "../../parts/name-input.tsx";
import { Secret } from "../../parts/secret.tsx";
import { useWrite } from "../../parts/use-write.ts";
import { changesOf, newRights, RightsFields } from "./rights-fields.tsx";
import { type Kind, kindWords } from "./words.ts";

const allKinds = Object.keys(kindWords) as Kind[];

/** Kinds that somebody may give: an owner is made by owners only. */
export function useKinds(): readonly Kind[] {
  const { data: caller } = useQuery(callerQuestion);
  return caller?.role === "owner" ? allKinds : allKinds.filter((kind) => kind !== "owner");
}

/** Makes a user, and shows its password once. */
export function CreateUser({
  tenant,
  onDone,
}: {
  readonly tenant: string | undefined;
  readonly onDone: () => void;
}) {
  const kinds = useKinds();
  const [name, setName] = useState("");
  const [draft, setDraft] = useState(newRights);
  const [way, setWay] = useState<"random" | "given" | "none">("random");
  const [password, setPassword] = useState("");
  const create = useWrite(
    () =>
      ask<UserWithPassword>("PUT", path`/users/${name}`, {
        query: { tenant },
        body: {
          ...changesOf(draft),
          ...(way === "given" && { password }),
          ...(way === "none" && { password: null }),
        },
      }),
    { stale: { queryKey: ["users"] } },
  );
  const { data: made } = create;
  if (made !== undefined) {
    return (
      <Done onDone={onDone}>
        <Text>
          {made.user.name} is there, and logs in as <strong>{made.user.login}</strong>.
        </Text>
        {made.password !== null && <Secret title="Its password" value={made.password} />}
        {way === "none" && <Text>It has no password: give it an access key on its page.</Text>}
      </Done>
    );
  }
  return (
    <Form onSubmit={() => create.mutate()} doing={create} action="Create user">
      <NameInput description="Letters, digits, - _ and dots" value={name} onChange={setName} />
      <RightsFields draft={draft} onChange={setDraft} kinds={kinds} />
      <Radio.Group
        label="Password"
        value={way}
        onChange={(value) => setWay(value as "random" | "given" | "none")}
      >
        <Stack gap="xs" mt={4}>
          <Radio value="random" label="A random one, shown once" />
          <Radio value="given" label="One of mine" />
          <Radio value="none" label="None: it comes with access keys only" />
        </Stack>
      </Radio.Group>
      {way === "given" && (
        <PasswordInput
          label="Its password"
          description="8 to 256 characters"
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          autoComplete="new-password"
          required
        />
      )}
    </Form>
  );
}

import { Grid, Radio, Stack, TagsInput, Textarea, TextInput } from "@mantine/core";
import type { User, UserChanges } from "oxbow/control";
import { localTime, timeOf } from "../../parts/local-time.ts";
import { MayDo } from "./may-do.tsx";
import { type Kind, kindOf, kindWords, roleOf } from "./words.ts";

interface RightsDraft {
  readonly kind: Kind;
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly description: string;
  /** As the browser writes it; empty for never. */
  readonly expires: string;
}

export const newRights: RightsDraft = {
  kind: "application",
  read: [],
  write: [],
  description: "",
  expires: "",
};

export function rightsOf({ role, read, write, description, expiresAt }: User): RightsDraft {
  return { kind: kindOf(role), read, write, description, expires: localTime(expiresAt) };
}

export function changesOf({ kind, read, write, description, expires }: RightsDraft): UserChanges {
  return { role: roleOf(kind), read, write, description, expiresAt: timeOf(expires) };
}

/** What somebody is, and may do, with what that means beside it. */
export function RightsFields({
  draft,
  onChange,
  kinds,
}: {
  readonly draft: RightsDraft;
  readonly onChange: (draft: RightsDraft) => void;
  /** What may be given. */
  readonly kinds: readonly Kind[];
}) {
  const access = { role: roleOf(draft.kind), read: draft.read, write: draft.write };
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, sm: 7 }}>
        <Stack>
          <Radio.Group
            label="It is"
            value={draft.kind}
            onChange={(value) => {
              const kind = value as Kind;
              const wasFree = draft.read.length === 0 && draft.write.length === 0;
              // Who manages is let at all stations, if nothing else is said.
              const all = kind !== "application" && wasFree ? { read: ["*"], write: ["*"] } : {};
              onChange({ ...draft, ...all, kind });
            }}
          >
            <Stack gap="xs" mt={4}>
              {kinds.map((kind) => (
                <Radio
                  key={kind}
                  value={kind}
                  label={kindWords[kind].title}
                  description={kindWords[kind].text}
                />
              ))}
            </Stack>
          </Radio.Group>
          {draft.kind !== "owner" && (
            <>
              <TagsInput
                label="Stations that it may read"
                description="Names, with * for any characters: prod.*"
                placeholder={draft.read.length === 0 ? "none" : ""}
                value={[...draft.read]}
                onChange={(read) => onChange({ ...draft, read })}
                acceptValueOnBlur
              />
              <TagsInput
                label="Stations that it may write to"
                description="Likewise; who has a role changes those as far as the role goes"
                placeholder={draft.write.length === 0 ? "none" : ""}
                value={[...draft.write]}
                onChange={(write) => onChange({ ...draft, write })}
                acceptValueOnBlur
              />
            </>
          )}
          <TextInput
            type="datetime-local"
            label="Until"
            description="Then it can't connect any more; empty for ever"
            value={draft.expires}
            onChange={({ currentTarget: { value } }) => onChange({ ...draft, expires: value })}
          />
          <Textarea
            label="Description"
            autosize
            value={draft.description}
            onChange={({ currentTarget: { value } }) => onChange({ ...draft, description: value })}
          />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 5 }}>
        <MayDo access={access} />
      </Grid.Col>
    </Grid>
  );
}

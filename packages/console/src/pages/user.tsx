import { Badge, Card, Stack, Switch, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { User } from "oxbow/control";
import { useState } from "react";
import { userQuestion } from "../api/account-questions.ts";
import { ask, path } from "../api/ask.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Failure } from "../parts/failure.tsx";
import { FormEnd } from "../parts/form.tsx";
import { Guarded } from "../parts/may.tsx";
import { Missing } from "../parts/missing.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { useWrite } from "../parts/use-write.ts";
import { AccessKeys } from "./users/access-keys.tsx";
import { useKinds } from "./users/create-user.tsx";
import { changesOf, RightsFields, rightsOf } from "./users/rights-fields.tsx";
import { UserEnd } from "./users/user-end.tsx";
import { kindOf, kindWords } from "./users/words.ts";

const route = getRouteApi("/users/$user");

/** One user: what it may do, how it comes in, and how it is kept out. */
export function UserPage() {
  return (
    <Guarded operation="user.get" doing="see and manage users" least="admin">
      <UserThere />
    </Guarded>
  );
}

function UserThere() {
  const { user: name } = route.useParams();
  const { tenant } = route.useSearch();
  const { data: user, error } = useQuery(userQuestion(name, tenant));
  if (user === undefined) return <Missing error={error} to="/users" />;
  return (
    <Stack gap="lg" maw={960}>
      <Stack gap={4}>
        <PageHead
          title={user.name}
          beside={
            <>
              <Badge variant="light">{kindWords[kindOf(user.role)].title}</Badge>
              {user.isDisabled && <Badge color="red">kept out</Badge>}
            </>
          }
        />
        <Text c="dimmed" size="sm">
          Logs in as {user.login}; of the tenant {user.tenant}.
        </Text>
      </Stack>
      <Rights key={JSON.stringify(rightsOf(user))} user={user} tenant={tenant} />
      <AccessKeys user={user} tenant={tenant} />
      <KeptOut user={user} tenant={tenant} />
      <UserEnd user={user} tenant={tenant} />
    </Stack>
  );
}

interface OfUser {
  readonly user: User;
  readonly tenant: string | undefined;
}

function Rights({ user, tenant }: OfUser) {
  const kinds = useKinds();
  const before = rightsOf(user);
  const [draft, setDraft] = useState(before);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(before);
  const save = useWrite(
    () =>
      ask<User>("PATCH", path`/users/${user.name}`, { query: { tenant }, body: changesOf(draft) }),
    {
      stale: { queryKey: ["users"] },
      onDone: () => notifications.show({ message: `${user.name} may do that from now on.` }),
    },
  );
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          Rights
        </Title>
        <RightsFields draft={draft} onChange={setDraft} kinds={kinds} />
        <FormEnd
          action="Save rights"
          doing={save}
          isReady={isChanged}
          cancel="Undo"
          onCancel={isChanged ? () => setDraft(before) : undefined}
          onAct={() => save.mutate()}
        />
      </Stack>
    </Card>
  );
}

function KeptOut({ user, tenant }: OfUser) {
  const [isAsked, setAsked] = useState(false);
  const change = useWrite(
    (isDisabled: boolean) =>
      ask<User>("PATCH", path`/users/${user.name}`, { query: { tenant }, body: { isDisabled } }),
    {
      stale: { queryKey: ["users"] },
      onDone: () => setAsked(false),
    },
  );
  return (
    <Card withBorder>
      <Switch
        label="It may connect"
        description="While it is kept out, its password and its keys stay as they are."
        checked={!user.isDisabled}
        onChange={() => {
          change.reset();
          if (user.isDisabled) change.mutate(false);
          else setAsked(true);
        }}
      />
      {!isAsked && <Failure error={change.error} />}
      <Confirm
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        action="Keep out"
        onConfirm={() => change.mutate(true)}
        isPending={change.isPending}
        error={change.error}
      >
        <Text>
          {user.name} is disconnected at once, wherever it is, and can't come in until somebody lets
          it again.
        </Text>
      </Confirm>
    </Card>
  );
}

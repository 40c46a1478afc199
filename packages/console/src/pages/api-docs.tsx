import { Anchor, Box, Flex, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { Failure } from "../parts/failure.tsx";
import { documentQuestion, operationsOf } from "./api-docs/document.ts";
import { beginning, Introduction } from "./api-docs/introduction.tsx";
import { OperationList } from "./api-docs/operation-list.tsx";
import { OperationView } from "./api-docs/operation-view.tsx";

const route = getRouteApi("/api/docs");

/** The server's document of its API, to be read. Nobody has to log in for it. */
export function ApiDocs() {
  const { operation: asked, q = "" } = route.useSearch();
  const { data: document, error } = useQuery(documentQuestion);
  const operations = useMemo(
    () => (document === undefined ? [] : operationsOf(document)),
    [document],
  );
  useEffect(() => {
    if (asked !== undefined && window.location.hash === "") window.scrollTo({ top: 0 });
  }, [asked]);
  if (document === undefined) {
    return error === null ? <Skeleton height={500} /> : <Failure error={error} />;
  }
  const chosen = asked ?? beginning;
  const operation = operations.find(({ id }) => id === chosen);
  const only = asked === undefined ? "all" : "md";
  return (
    <Flex gap="xl" align="flex-start">
      <Box
        className="api-list"
        w={{ base: "100%", md: 320 }}
        {...(only === "md" && { visibleFrom: "md" })}
      >
        <OperationList document={document} operations={operations} chosen={chosen} sought={q} />
      </Box>
      <Box flex={1} miw={0} {...(only === "all" && { visibleFrom: "md" })}>
        <Anchor
          hiddenFrom="md"
          size="sm"
          display="inline-block"
          mb="md"
          renderRoot={(props) => <Link {...props} to="/api/docs" search={q === "" ? {} : { q }} />}
        >
          All operations
        </Anchor>
        {operation !== undefined && <OperationView operation={operation} document={document} />}
        {chosen === beginning && <Introduction document={document} />}
        {operation === undefined && chosen !== beginning && <Unknown name={chosen} />}
      </Box>
    </Flex>
  );
}

function Unknown({ name }: { readonly name: string }) {
  return (
    <Stack gap="xs">
      <Title order={1} size="h3">
        There is no operation {name}
      </Title>
      <Text>The list has those of this server; it may be older or newer than the link.</Text>
    </Stack>
  );
}

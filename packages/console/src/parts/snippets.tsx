import { Button, Code, CopyButton, Stack, Tabs } from "@mantine/core";

/** Code that works when it is pasted, for a station of this server. */
export function Snippets({ station }: { readonly station: string }) {
  const { origin, hostname } = window.location;
  const snippets = {
    "Command line": [
      `echo '{"id": 1}' | npx oxbow produce ${station}`,
      `npx oxbow consume ${station} --group billing`,
    ].join("\n"),
    TypeScript: [
      'import { connect } from "oxbow";',
      "",
      `const ox = await connect({ servers: "${hostname}:4222" });`,
      `const station = ox.station("${station}");`,
      "await station.produce({ id: 1 });",
      'for await (const message of station.consume({ group: "billing" })) {',
      "  console.log(message.value);",
      "  message.ack();",
      "}",
    ].join("\n"),
    curl: [
      `curl ${origin}/api/v1/stations/${encodeURIComponent(station)}/messages \\`,
      `  -H 'Content-Type: application/json' -d '{"id": 1}'`,
    ].join("\n"),
    nats: [`nats pub ${station} '{"id": 1}'`, `nats sub '${station}.>'`].join("\n"),
  };
  return (
    <Tabs defaultValue={idOf("Command line")} variant="outline">
      <Tabs.List>
        {Object.keys(snippets).map((name) => (
          <Tabs.Tab key={name} value={idOf(name)}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {Object.entries(snippets).map(([name, code]) => (
        <Tabs.Panel key={name} value={idOf(name)} pt="sm">
          <Stack align="start" gap="xs">
            <Code block w="100%">
              {code}
            </Code>
            <CopyButton value={code}>
              {({ copied, copy }) => (
                <Button size="xs" variant="light" onClick={copy}>
                  {copied ? "Copied" : "Copy"}
                </Button>
              )}
            </CopyButton>
          </Stack>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

/** A tab's value is a part of its id, which may have no spaces. */
function idOf(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}

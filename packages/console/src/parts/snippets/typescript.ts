import {
  type Snippet,
  type SnippetPlace,
  savedAs,
  snippetConsumer,
  snippetGroup,
} from "./snippet.ts";

export function typeScriptSnippet({ natsUrl, station, token }: SnippetPlace): Snippet {
  const credentials = token === undefined ? "" : `, credentials: { token: ${text(token)} }`;
  const begin = [
    'import { connect } from "oxbow";',
    "",
    `await using ox = await connect({ servers: ${text(natsUrl)}${credentials} });`,
    `const station = ox.station<{ id: number }>(${text(station)});`,
  ];
  return {
    id: "typescript",
    label: "TypeScript",
    install: "npm install oxbow",
    run: savedAs("ts", "npx node"),
    produce: [
      ...begin,
      "const { sequence } = await station.produce({ id: 1 });",
      'console.log("stored", sequence);',
    ].join("\n"),
    consume: [
      ...begin,
      `for await (const message of station.consume({ group: ${text(snippetGroup)} })) {`,
      '  console.log("got", message.value.id);',
      "  message.ack();",
      "}",
    ].join("\n"),
    isOfOxbow: true,
  };
}

export function plainTypeScriptSnippet({ natsUrl, stream, token }: SnippetPlace): Snippet {
  const credentials = token === undefined ? "" : `, token: ${text(token)}`;
  const connected = `const nc = await connect({ servers: ${text(natsUrl)}${credentials} });`;
  return {
    id: "typescript-nats",
    label: "TypeScript (nats.js)",
    install: "npm install @nats-io/transport-node @nats-io/jetstream",
    run: savedAs("ts", "npx node"),
    produce: [
      'import { jetstream } from "@nats-io/jetstream";',
      'import { connect } from "@nats-io/transport-node";',
      "",
      connected,
      `const { seq } = await jetstream(nc).publish(${text(stream)}, JSON.stringify({ id: 1 }));`,
      'console.log("stored", seq);',
      "await nc.drain();",
    ].join("\n"),
    consume: [
      'import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";',
      'import { connect } from "@nats-io/transport-node";',
      "",
      connected,
      "const manager = await jetstreamManager(nc, { checkAPI: false });",
      `await manager.consumers.add(${text(stream)}, {`,
      `  durable_name: ${text(snippetConsumer)},`,
      "  ack_policy: AckPolicy.Explicit,",
      "});",
      `const consumer = await jetstream(nc).consumers.get(${text(stream)}, ${text(snippetConsumer)});`,
      "for await (const message of await consumer.consume()) {",
      '  console.log("got", message.json<{ id: number }>().id);',
      "  message.ack();",
      "}",
    ].join("\n"),
    isOfOxbow: false,
  };
}

function text(value: string): string {
  return JSON.stringify(value);
}

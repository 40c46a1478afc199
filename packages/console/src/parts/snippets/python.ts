import { type Snippet, type SnippetPlace, savedAs, snippetConsumer } from "./snippet.ts";

export function pythonSnippet({ natsUrl, stream, token }: SnippetPlace): Snippet {
  const credentials = token === undefined ? "" : `, token=${JSON.stringify(token)}`;
  const connected = `    nc = await nats.connect(${JSON.stringify(natsUrl)}${credentials})`;
  return {
    id: "python",
    label: "Python",
    install: "pip install nats-py",
    run: savedAs("py", "python3"),
    produce: [
      "import asyncio",
      "import json",
      "",
      "import nats",
      "",
      "",
      "async def main():",
      connected,
      `    ack = await nc.jetstream().publish(${JSON.stringify(stream)}, json.dumps({"id": 1}).encode())`,
      '    print("stored", ack.seq)',
      "    await nc.drain()",
      "",
      "",
      "asyncio.run(main())",
    ].join("\n"),
    consume: [
      "import asyncio",
      "import json",
      "",
      "import nats",
      "",
      "",
      "async def main():",
      connected,
      "    messages = await nc.jetstream().pull_subscribe(",
      `        "", durable=${JSON.stringify(snippetConsumer)}, stream=${JSON.stringify(stream)}`,
      "    )",
      "    while True:",
      "        try:",
      "            batch = await messages.fetch(10, timeout=5)",
      "        except nats.errors.TimeoutError:",
      "            continue",
      "        for message in batch:",
      '            print("got", json.loads(message.data)["id"], flush=True)',
      "            await message.ack()",
      "",
      "",
      "asyncio.run(main())",
    ].join("\n"),
    isOfOxbow: false,
  };
}

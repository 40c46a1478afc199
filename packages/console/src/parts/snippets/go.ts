import { type Snippet, type SnippetPlace, savedAs, snippetConsumer } from "./snippet.ts";

const check = ["\tif err != nil {", "\t\tlog.Fatal(err)", "\t}"];

export function goSnippet({ natsUrl, stream, token }: SnippetPlace): Snippet {
  const credentials = token === undefined ? "" : `, nats.Token(${JSON.stringify(token)})`;
  const begin = [
    "package main",
    "",
    "import (",
    '\t"context"',
    '\t"fmt"',
    '\t"log"',
    "",
    '\t"github.com/nats-io/nats.go"',
    '\t"github.com/nats-io/nats.go/jetstream"',
    ")",
    "",
    "func main() {",
    "\tctx := context.Background()",
    `\tnc, err := nats.Connect(${JSON.stringify(natsUrl)}${credentials})`,
    ...check,
    "\tdefer nc.Close()",
    "\tjs, err := jetstream.New(nc)",
    ...check,
  ];
  return {
    id: "go",
    label: "Go",
    install: "go mod init first-steps && go get github.com/nats-io/nats.go",
    run: savedAs("go", "go run"),
    produce: [
      ...begin,
      `\tack, err := js.Publish(ctx, ${JSON.stringify(stream)}, []byte(\`{"id": 1}\`))`,
      ...check,
      '\tfmt.Println("stored", ack.Sequence)',
      "}",
    ].join("\n"),
    consume: [
      ...begin,
      `\tconsumer, err := js.CreateOrUpdateConsumer(ctx, ${JSON.stringify(stream)}, jetstream.ConsumerConfig{`,
      `\t\tDurable:   ${JSON.stringify(snippetConsumer)},`,
      "\t\tAckPolicy: jetstream.AckExplicitPolicy,",
      "\t})",
      ...check,
      "\tmessages, err := consumer.Messages()",
      ...check,
      "\tfor {",
      "\t\tmessage, err := messages.Next()",
      ...check.map((line) => `\t${line}`),
      '\t\tfmt.Println("got", string(message.Data()))',
      "\t\tmessage.Ack()",
      "\t}",
      "}",
    ].join("\n"),
    isOfOxbow: false,
  };
}

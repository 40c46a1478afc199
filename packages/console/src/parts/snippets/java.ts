import { type Snippet, type SnippetPlace, snippetConsumer } from "./snippet.ts";

export function javaSnippet({ natsUrl, stream, token }: SnippetPlace): Snippet {
  const credentials = token === undefined ? "" : `.token(${JSON.stringify(token)}.toCharArray())`;
  const begin = (name: string): readonly string[] => [
    `class ${name} {`,
    "  public static void main(String[] args) throws Exception {",
    "    Options options = new Options.Builder()",
    `        .server(${JSON.stringify(natsUrl)})${credentials}.build();`,
    "    try (Connection nc = Nats.connect(options)) {",
  ];
  return {
    id: "java",
    label: "Java",
    install: "io.nats:jnats, of Maven Central",
    run: {
      produce: "save it as Produce.java, then, with the jar: java -cp jnats.jar Produce.java",
      consume: "save it as Consume.java, then, with the jar: java -cp jnats.jar Consume.java",
    },
    produce: [
      "import io.nats.client.*;",
      "",
      ...begin("Produce"),
      `      var ack = nc.jetStream().publish(${JSON.stringify(stream)}, "{\\"id\\": 1}".getBytes());`,
      '      System.out.println("stored " + ack.getSeqno());',
      "    }",
      "  }",
      "}",
    ].join("\n"),
    consume: [
      "import io.nats.client.*;",
      "import io.nats.client.api.*;",
      "",
      ...begin("Consume"),
      "      ConsumerConfiguration wanted = ConsumerConfiguration.builder()",
      `          .durable(${JSON.stringify(snippetConsumer)}).ackPolicy(AckPolicy.Explicit).build();`,
      `      StreamContext stream = nc.getStreamContext(${JSON.stringify(stream)});`,
      "      ConsumerContext consumer = stream.createOrUpdateConsumer(wanted);",
      "      while (true) {",
      "        Message message = consumer.next(5_000);",
      "        if (message == null) continue;",
      '        System.out.println("got " + new String(message.getData()));',
      "        message.ack();",
      "      }",
      "    }",
      "  }",
      "}",
    ].join("\n"),
    isOfOxbow: false,
  };
}

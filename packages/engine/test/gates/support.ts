import type { GateFinding, PublishGate } from "@oxbow/base";
import type { ManualSocket } from "../connection/test-host.ts";
import { messages, pub, type TestAccounts } from "../routing/support/accounts.ts";

/** A gate that refuses, diverts or notices messages by how their payload begins: `bad`, `odd` or `hm`. */
export function textGate(name: string, subjects: readonly string[]): PublishGate {
  return {
    subjects,
    judge: (message): GateFinding | undefined => {
      const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
      const text = payloadBuffer.toString("utf8", payloadStart + headersSize, payloadEnd);
      const deadLetter = { subject: `dead.${name}`, headers: [["Oxbow-Error", text]] as const };
      if (text.startsWith("bad")) return { t: "refused", text: `${name}: ${text}`, deadLetter };
      if (text.startsWith("odd")) return { t: "diverted", text: `${name}: ${text}`, deadLetter };
      if (!text.startsWith("hm")) return undefined;
      return { t: "noticed", subject: `notice.${name}`, body: Buffer.from(text) };
    },
  };
}

/** A gate that gives messages of `from` the subject `to`. */
export function movingGate(from: string, to: string): PublishGate {
  return {
    subjects: [from],
    judge: (message, room) => {
      const end = room.reserve(to.length).write(to);
      message.setSubject(room.reserve(to.length), 0, end);
      return undefined;
    },
  };
}

/** What comes to a client once the server has done what it has to. */
export async function answered({ host }: TestAccounts, client: ManualSocket): Promise<string> {
  let text = "";
  while (text === "") {
    host.clock.endTurn();
    await new Promise(setImmediate);
    text = client.take();
  }
  return text;
}

/** Makes a stream in memory. */
export async function createStream(
  accounts: TestAccounts,
  account: string,
  name: string,
  config: object,
): Promise<void> {
  const client = accounts.client(account);
  client.send("SUB answer 1\r\n");
  const body = JSON.stringify({ name, storage: "memory", ...config });
  client.send(pub(`$JS.API.STREAM.CREATE.${name}`, body, "answer"));
  const [answer] = messages(await answered(accounts, client));
  if (JSON.parse(answer?.payload ?? "{}").did_create !== true) throw new Error(answer?.payload);
}

/** How many messages a stream has. */
export function messageCount({ engine }: TestAccounts, stream: string): number {
  for (const jetstream of engine.jetstreams) {
    const found = jetstream.stream(stream);
    if (found !== undefined) return found.log.count;
  }
  return -1;
}

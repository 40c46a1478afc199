import type { TestJetStream } from "./test-jetstream.ts";

/** Takes the archive of a stream. */
export async function takeArchive(server: TestJetStream, stream: string): Promise<Buffer> {
  const chunks = server.subscribe("chunks");
  await server.ok(`STREAM.SNAPSHOT.${stream}`, { deliver_subject: "chunks" });
  const parts: Buffer[] = [];
  for (;;) {
    const chunk = await chunks.next();
    if (chunk.bytes.length === 0) break;
    parts.push(chunk.bytes);
    if (chunk.reply !== "") server.send(chunk.reply);
  }
  chunks.close();
  return Buffer.concat(parts);
}

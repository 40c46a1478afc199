import { once } from "node:events";
import type { Socket } from "node:net";

/** The first so many bytes that a plain socket reads, as text, in whatever pieces they come; it flows on after that. */
export async function readText(socket: Socket, length: number): Promise<string> {
  let text = "";
  while (text.length < length) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) await once(socket, "readable");
    else text += chunk.toString("latin1");
  }
  socket.resume();
  return text;
}

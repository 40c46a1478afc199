import type { Socket } from "node:net";
import { withDeadline } from "./deadline.ts";

/** What a socket has read since this was made, as text, in whatever pieces it came. */
export class Heard {
  #text = "";
  #wake = (): void => undefined;

  constructor(socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      this.#text += chunk.toString("latin1");
      this.#wake();
    });
  }

  /** All that came, as soon as `pattern` is in it. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text)) {
      const more = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await withDeadline(more, () => `${pattern} after ${JSON.stringify(this.#text)}`);
    }
    return this.#text;
  }
}

import { describeFrame, RawClient } from "../../interop/support/raw-client.ts";
import { expanded, type GoldenSection } from "./golden.ts";

/** Subjects to answer to, which are new each time. */
const answerSubject = /_R_(?:\.[0-9A-Za-z]+)+/g;

/**
 * Plays a section of `accounts.txt` with a client for each account, named like its user:
 *
 *     a> SUB x 1        what the client of account a sends, with \r\n written out
 *     a< MSG x …        what it must then get
 *     a- 1              it closes its connection
 *
 * @returns The lines of the section, with what came in place of what was expected.
 */
export async function playAccounts(section: GoldenSection, port: number): Promise<string[]> {
  const player = new Player(port);
  try {
    const transcript: string[] = [];
    for (const line of section.lines) transcript.push(await player.play(line));
    return [...transcript, ...(await player.rest())];
  } finally {
    await player.close();
  }
}

class Player {
  readonly #port: number;
  readonly #clients: Map<string, RawClient> = new Map();
  /** What each client got and was not asked for yet. */
  readonly #got: Map<string, string[]> = new Map();
  /** The real subjects behind `_R_1`, `_R_2` …. */
  readonly #answerSubjects: string[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  async play(line: string): Promise<string> {
    const [, name = "", action = "", text = ""] = /^(\w+)([-<>]) ?(.*)$/.exec(line) ?? [];
    const client = await this.#client(name);
    if (action === ">") {
      client.write(`${this.#real(text)}\r\n`);
      await this.#flush(name, client);
      return line;
    }
    if (action === "-") {
      await client.close();
      this.#clients.delete(name);
      return line;
    }
    const got = this.#got.get(name)?.shift() ?? describeFrame(await client.next());
    return `${name}< ${this.#shown(got)}`;
  }

  /** What came beside. */
  async rest(): Promise<string[]> {
    const lines: string[] = [];
    for (const [name, client] of this.#clients) {
      await this.#flush(name, client);
      for (const got of this.#got.get(name) ?? []) lines.push(`${name}< ${this.#shown(got)}`);
    }
    return lines;
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) await client.close();
  }

  async #client(name: string): Promise<RawClient> {
    const known = this.#clients.get(name);
    if (known !== undefined) return known;
    const client = await RawClient.open({ port: this.#port }, { user: name, pass: name, name });
    this.#clients.set(name, client);
    await client.flush();
    return client;
  }

  async #flush(name: string, client: RawClient): Promise<void> {
    const frames = (await client.flush()).map(describeFrame);
    this.#got.set(name, [...(this.#got.get(name) ?? []), ...frames]);
  }

  #real(text: string): string {
    return expanded(text)
      .replaceAll("\\r", "\r")
      .replaceAll("\\n", "\n")
      .replace(/_R_(\d+)/g, (_, number: string) => this.#answerSubjects[Number(number) - 1] ?? "?");
  }

  #shown(text: string): string {
    const named = text.replace(answerSubject, (subject) => {
      let index = this.#answerSubjects.indexOf(subject);
      if (index < 0) index = this.#answerSubjects.push(subject) - 1;
      return `_R_${index + 1}`;
    });
    return named
      .replace(" reply= ", " ")
      .replace(/\{.*\}/, (json) => blankedJson(json))
      .replace(/\{\\"[^}]*\}/, (json) =>
        JSON.stringify(blankedJson(JSON.parse(`"${json}"`))).slice(1, -1),
      );
  }
}

/** Fields whose values differ from run to run. */
const blanked = new Set([
  "cid",
  "id",
  "rtt",
  "start",
  "timestamp",
  "ts",
  "host",
  "service",
  "system",
  "total",
]);

/** JSON in its order of fields, without what differs from run to run. */
function blankedJson(json: string): string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return json;
  }
  return JSON.stringify(value, (name, field: unknown) => {
    if (name === "server" && (typeof field === "object" || String(field).length > 0)) return "*";
    return blanked.has(name) ? "*" : field;
  });
}

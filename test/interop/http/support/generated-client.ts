import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** A function for each operation: it takes what stands in the path, the body, the query, and options. */
export type Call = (
  ...given: readonly unknown[]
) => Promise<{ readonly status: number; readonly data: unknown }>;

/** What oazapfts makes of the document of an API, in a directory that goes with the scope. */
export class GeneratedClient implements AsyncDisposable {
  readonly calls: Readonly<Record<string, Call>>;
  readonly #directory: string;

  private constructor(directory: string, calls: Readonly<Record<string, Call>>) {
    this.#directory = directory;
    this.calls = calls;
  }

  /**
   * Generates a client, has the compiler check it, and loads it.
   *
   * @param document - The text of the document.
   * @param send - Carries its requests, to where it is told.
   */
  static async of(document: string, baseUrl: string, send: typeof fetch): Promise<GeneratedClient> {
    await mkdir(join(root, "coverage"), { recursive: true });
    const directory = await mkdtemp(join(root, "coverage", "generated-"));
    const [input, output] = [join(directory, "openapi.json"), join(directory, "client.ts")];
    await writeFile(input, document);
    const bin = (name: string): string => join(root, "node_modules", ".bin", name);
    await promisify(execFile)(bin("oazapfts"), [input, output]);
    const flags =
      "--ignoreConfig --noEmit --strict --skipLibCheck --module nodenext --target es2024";
    await promisify(execFile)(bin("tsc"), [...flags.split(" "), output]);
    const client = (await import(pathToFileURL(output).href)) as Readonly<Record<string, Call>> & {
      readonly defaults: { baseUrl: string; fetch: typeof fetch };
    };
    Object.assign(client.defaults, { baseUrl, fetch: send });
    return new GeneratedClient(directory, client);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}

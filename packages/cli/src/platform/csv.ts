import { CommandFailure } from "../failures.ts";

/** Characters of one row: a quote that nobody closes must not take all memory. */
const rowCharsMax = 16 * 1024 * 1024;

/**
 * Reads rows of CSV (RFC 4180): fields between commas, quoted where they hold commas, quotes or line ends. Empty lines are
 * left out.
 *
 * @throws CommandFailure for what is none, naming the row
 */
export async function* csvRows(
  chunks: AsyncIterable<string>,
): AsyncGenerator<readonly string[], void, undefined> {
  const reader = new CsvReader();
  for await (const chunk of chunks) yield* reader.push(chunk);
  yield* reader.end();
}

class CsvReader {
  #row: string[] = [];
  #field = "";
  #count = 0;
  #chars = 0;
  /** Within quotes; behind a quote that may end them; or in a field without. */
  #state: "plain" | "quoted" | "quote" = "plain";
  #wasQuoted = false;

  *push(text: string): Generator<readonly string[], void, undefined> {
    for (const char of text) {
      this.#chars += char.length;
      if (this.#chars > rowCharsMax)
        throw this.#wrong("is too long: is there a quote without its end?");
      if (this.#state === "quoted") {
        if (char === '"') this.#state = "quote";
        else this.#field += char;
      } else if (this.#state === "quote" && char === '"') {
        this.#field += char;
        this.#state = "quoted";
      } else if (char === ",") {
        this.#endField();
      } else if (char === "\n") {
        const row = this.#endRow();
        if (row !== undefined) yield row;
      } else if (char === "\r") {
        // What ends a line on Windows begins with it; elsewhere it says nothing.
      } else if (this.#state === "quote") {
        throw this.#wrong("has something between a quote and the next comma");
      } else if (char === '"' && this.#field === "") {
        this.#state = "quoted";
        this.#wasQuoted = true;
      } else {
        this.#field += char;
      }
    }
  }

  *end(): Generator<readonly string[], void, undefined> {
    if (this.#state === "quoted") throw this.#wrong("ends within quotes");
    const row = this.#endRow();
    if (row !== undefined) yield row;
  }

  #endField(): void {
    this.#row.push(this.#field);
    this.#field = "";
    this.#state = "plain";
  }

  #endRow(): readonly string[] | undefined {
    const isEmpty = this.#row.length === 0 && this.#field === "" && !this.#wasQuoted;
    this.#endField();
    const row = this.#row;
    this.#row = [];
    this.#chars = 0;
    this.#wasQuoted = false;
    this.#count += 1;
    return isEmpty ? undefined : row;
  }

  #wrong(what: string): CommandFailure {
    return new CommandFailure(`row ${this.#count + 1} of the CSV ${what}`);
  }
}

/** What is counted between two looks, of a station and of a group. */
export const stationCounts = ["in", "out", "inBytes", "outBytes"] as const;
export const groupCounts = ["delivered", "acknowledged", "deliveredBytes"] as const;
/** What is as it is at a look. */
export const stationGauges = ["messages", "bytes", "lag", "oldest", "deadLetters"] as const;
export const groupGauges = ["lag", "oldest", "inFlight", "redelivered"] as const;

/** Numbers of one thing at the times of a block, by their names. `null` where it was not there. */
export interface Columns {
  /** Gauges as they were before the first of the times; left out where nobody knows. */
  before?: Record<string, number>;
  readonly columns: Record<string, (number | null)[]>;
}

/** Points of a station and its groups that follow on one another: only those at which something was different. */
export interface Block {
  readonly version: 1;
  /** When it was looked, in milliseconds since 1970. */
  readonly at: number[];
  /** How long before that it was looked last, in milliseconds. */
  readonly over: number[];
  readonly station: Columns;
  readonly groups: Record<string, Columns>;
}

/** Numbers of one thing at one time. */
export type Numbers = Readonly<Record<string, number>>;

/** Gathers points until they are written as one block. */
export class BlockWriter {
  #block: Block = emptyBlock();

  get isEmpty(): boolean {
    return this.#block.at.length === 0;
  }

  /** What was gathered, which goes on to grow. */
  get block(): Block {
    return this.#block;
  }

  /** Begins the next one. */
  clear(): void {
    this.#block = emptyBlock();
  }

  /**
   * @param before - The gauges at the look before, which the first point begins from.
   */
  add(
    atMs: number,
    overMs: number,
    station: Numbers,
    groups: ReadonlyMap<string, Numbers>,
    before: {
      readonly station: Numbers | undefined;
      readonly groups: ReadonlyMap<string, Numbers>;
    },
  ): void {
    const { at, over, station: columns, groups: all } = this.#block;
    const index = at.length;
    if (index === 0 && before.station !== undefined) columns.before = { ...before.station };
    put(columns, index, station);
    for (const [name, numbers] of groups) {
      const group = (all[name] ??= { columns: {} });
      const known = before.groups.get(name);
      if (Object.keys(group.columns).length === 0 && known !== undefined)
        group.before = { ...known };
      put(group, index, numbers);
    }
    at.push(atMs);
    over.push(overMs);
  }
}

/** Every column is as long as there are points, as far as it goes. */
function put({ columns }: Columns, index: number, numbers: Numbers): void {
  for (const [name, value] of Object.entries(numbers)) {
    const column = (columns[name] ??= []);
    while (column.length < index) column.push(null);
    column[index] = value;
  }
}

function emptyBlock(): Block {
  return { version: 1, at: [], over: [], station: { columns: {} }, groups: {} };
}

/** A block as it was written; `undefined` for what is none, or is of a later version. */
export function readBlock(text: string): Block | undefined {
  try {
    const block = JSON.parse(text) as Partial<Block> | null;
    const isBlock =
      block?.version === 1 &&
      isNumbers(block.at) &&
      isNumbers(block.over) &&
      isColumns(block.station) &&
      typeof block.groups === "object" &&
      Object.values(block.groups ?? {}).every(isColumns);
    return isBlock ? (block as Block) : undefined;
  } catch {
    return undefined;
  }
}

function isColumns(value: unknown): boolean {
  const { columns } = (value ?? {}) as Partial<Columns>;
  if (typeof columns !== "object" || columns === null) return false;
  return Object.values(columns).every((column) => Array.isArray(column));
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}

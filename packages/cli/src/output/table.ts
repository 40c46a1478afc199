/** A column of a table: its title, and whether its cells are numbers, which stand at the right. */
export interface Column {
  readonly title: string;
  readonly isNumeric?: boolean;
}

/** Lays cells out in columns, with two spaces between them and a rule below the titles. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ isNumeric }, index) => {
        const cell = cells[index] ?? "";
        const width = widths[index] ?? 0;
        return isNumeric === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  const titles = line(columns.map(({ title }) => title));
  const rule = widths.map((width) => "─".repeat(width)).join("──");
  return [titles, rule, ...rows.map(line)].map((text) => `${text}\n`).join("");
}

/** Names and values below one another: what `info` prints. Values that are `undefined` are left out. */
export function renderFields(
  fields: readonly (readonly [name: string, value: string | undefined])[],
): string {
  const shown = fields.filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`).join("");
}

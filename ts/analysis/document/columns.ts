/**
 * A plain table for a terminal: the first column left-aligned, the others right-aligned under their heads. An empty
 * head belongs to the one before it, which then stands over both columns.
 */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, at) => Math.max(0, ...rows.map((row) => row[at]!.length)));
  const heads = head.flatMap((text, from) => {
    if (text === "" && from > 0) return [];
    let to = from;
    while (head[to + 1] === "") to++;
    const width = together(widths.slice(from, to + 1));
    widths[from]! += Math.max(0, text.length - width);
    return [{ text, width: Math.max(text.length, width) }];
  });
  const body = rows.map((row) => row.map((text, at) => ({ text, width: widths[at]! })));
  return [line(heads), "─".repeat(together(widths)), ...body.map(line)].join("\n");
}

const gap = "  ";

const together = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1));

const line = (cells: readonly { text: string; width: number }[]): string =>
  cells
    .map(({ text, width }, at) => (at === 0 ? text.padEnd(width) : text.padStart(width)))
    .join(gap)
    .trimEnd();

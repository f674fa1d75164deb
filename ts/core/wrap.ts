/**
 * Text broken at words, so that no line is longer than `width` characters unless a word alone is; lines of its own stay
 * apart. What a broken line goes on with is indented.
 */
export const wrapText = (text: string, width: number, indent = ""): string =>
  text
    .split("\n")
    .map((line) => wrapLine(line, width, indent))
    .join("\n");

function wrapLine(line: string, width: number, indent: string): string {
  if (line.length <= width) return line;
  const lines: string[] = [];
  for (const word of line.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(word);
    else if (last.length + 1 + word.length > width) lines.push(indent + word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join("\n");
}

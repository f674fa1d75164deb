/** The table of methods in README and guide: written from the catalogue, between two comments. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../core/project.ts";
import type { TableRow } from "./entry.ts";
import { methods } from "./index.ts";

/** Those of these files that have the comments have the table. */
const files = ["README.md", "experiments/guide/methods.md"];
const [begin, end] = ["<!-- methods:begin -->", "<!-- methods:end -->"];

/** All methods, their losses and where these come from, in Markdown. */
export function methodTable(): string {
  const rows = Object.entries(methods).flatMap(([name, { table }]) =>
    table.map(({ constraint, loss, source }: TableRow) => {
      const isName = /^[\w-]+$/.test(constraint ?? "");
      const method = [
        `\`${name}\``,
        ...(constraint === undefined ? [] : [isName ? `\`${constraint}\`` : constraint]),
      ];
      return `| ${method.join(", ")} | ${loss} | ${source}${source === "" ? "" : " "}|`;
    }),
  );
  return [
    "| `method`, `constraint` | loss of a question beside the VFT loss | source |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}

/** Absolute path -> the file as it should be, of every file with the table. */
export function filesWithMethodTable(): Map<string, string> {
  const between = new RegExp(`(?<=${begin}\n)[^]*?(?=${end})`);
  return new Map(
    files.flatMap((name) => {
      const path = join(projectRoot, name);
      const text = readFileSync(path, "utf8");
      return between.test(text) ? [[path, text.replace(between, () => `\n${methodTable()}\n\n`)]] : [];
    }),
  );
}

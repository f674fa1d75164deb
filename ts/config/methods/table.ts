/** The table of methods in the guide: written from the catalogue, between two comments. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../core/project.ts";
import type { TableRow } from "./entry.ts";
import { methods } from "./index.ts";

const page = join(projectRoot, "experiments", "guide", "methods.md");
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

/** The guide's page of methods, with the table as it should be. */
export function pageWithMethodTable(): { path: string; content: string } {
  const between = new RegExp(`(?<=${begin}\n)[^]*?(?=${end})`);
  const text = readFileSync(page, "utf8");
  return { path: page, content: text.replace(between, () => `\n${methodTable()}\n\n`) };
}

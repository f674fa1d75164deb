/** Which files of the package its own compiled code looks for at run time, read from the code itself. */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";

export interface FilesRead {
  /** From the package's root; `*` stands for what is known at run time alone. */
  files: string[];
  /** Lines that make a path from the place of the code in a form that is not read here. */
  unread: string[];
}

/**
 * `new URL("./here", import.meta.url)`, `entryBeside(import.meta.url, "here")` and `join(projectRoot, "py", ...)`, the
 * ways in which the code finds its files.
 */
export async function filesReadBy(root: string): Promise<FilesRead> {
  const sources = (await readdir(join(root, "dist"), { recursive: true })).filter((name) =>
    /\.m?js$/.test(name),
  );
  const files = new Set<string>();
  const unread: string[] = [];
  for (const file of [...sources.map((name) => posix.join("dist", name)), "ts/cli/bin.mjs"]) {
    const text = await readFile(join(root, file), "utf8");
    // Where there is a choice between sources and what they are compiled to, the latter is shipped.
    for (const [address] of text.matchAll(/new URL\(.*import\.meta\.url\)/g))
      for (const [, path] of address.matchAll(/"(\.{1,2}\/[^"]+?)"/g))
        if (!(path!.endsWith(".ts") && address.includes(path!.replace(/ts$/, "js"))))
          files.add(posix.join(dirname(file), path!));
    for (const [, name] of text.matchAll(/entryBeside\(import\.meta\.url, "([^"]+)"\)/g))
      files.add(posix.join(dirname(file), `${name}.js`));
    for (const [, parts] of text.matchAll(/join\(projectRoot((?:, (?:"[^"]+"|`[^`]+`))+)/g))
      files.add(
        parts!
          .replace(/\$\{[^}]*\}/g, "*")
          .replace(/[`"]/g, "")
          .split(", ")
          .slice(1)
          .join("/"),
      );
    // Packages are found as those of an import are.
    const rest = text
      .replace(/new URL\(.*"\.{1,2}\/.*import\.meta\.url\)/g, "")
      .replace(/entryBeside\(import\.meta\.url, "[^"]+"\)/g, "")
      .replace(/createRequire\(import\.meta\.url\)|import\.meta\.resolve\("[^"]+"\)/g, "");
    const lines = rest.split("\n").filter((line) => line.includes("import.meta"));
    unread.push(...lines.map((line) => `${file}: ${line}`));
  }
  return { files: [...files].sort(), unread };
}

/** Whether a file or folder of this name is among those that were packed. */
export function holds(packed: readonly string[], name: string): boolean {
  const pattern = new RegExp(`^${name.replace(/[.+?^$()[\]{}|\\]/g, "\\$&").replaceAll("*", "[^/]*")}(/|$)`);
  return name === "." || packed.some((path) => pattern.test(path));
}

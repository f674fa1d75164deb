/** `npm run notebooks`: executes the committed notebooks on the results in runs/, in their places. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../ts/core/project.ts";
import { notebookRunner, notebooksFolder } from "./execute.ts";

const wanted = process.argv.slice(2);
const names = wanted.length > 0 ? wanted : await readdir(notebooksFolder);
const runner = await notebookRunner();
for (const name of names.filter((one) => one.endsWith(".ipynb")).sort()) {
  console.log(name);
  await runner.execute(name, { runs: join(projectRoot, "runs"), to: join(notebooksFolder, name) });
}

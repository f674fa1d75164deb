import { join } from "node:path";
import { shownPath } from "../../core/files.ts";
import { countThere, type Dataset, dataFolder, datasetOf, taskKinds } from "../../data/index.ts";
import { define, jsonOption } from "../definition.ts";
import { printJson, printLine } from "../exit.ts";

export const list = define({
  options: { json: jsonOption("print the list as JSON") },
  async handler({ json }) {
    const tasks = await Promise.all(
      taskKinds.map(async ({ name, description }) => {
        const dataset = datasetOf(name);
        return { task: name, description, ...(dataset === undefined ? {} : await about(dataset)) };
      }),
    );
    if (json) return printJson({ folder: dataFolder(), tasks });
    for (const { task, description, ...rest } of tasks) {
      printLine(`${task}\n  ${description}`);
      for (const [name, value] of Object.entries(rest)) printLine(`  ${name}: ${value}`);
    }
    printLine(
      `\nfiles lie in ${shownPath(dataFolder())} (AFT_DATA names another folder); aft data get TASK downloads them`,
    );
  },
});

async function about(dataset: Dataset): Promise<Record<string, string>> {
  const { questions, licence, homepage } = dataset;
  return { questions, licence, homepage, files: await presence(dataset) };
}

async function presence({ task, files, byHand }: Dataset): Promise<string> {
  const folder = join(dataFolder(), task);
  const required = byHand === undefined ? files.map(({ path }) => path) : [byHand];
  const count = await countThere(folder, required);
  if (count === required.length) return "here";
  const missing = count === 0 ? "not here" : `${count} of ${required.length} here`;
  return byHand === undefined
    ? `${missing}: aft data get ${task}`
    : `${missing}: put yours at ${shownPath(join(folder, byHand))}`;
}

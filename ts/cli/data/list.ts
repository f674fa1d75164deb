import { join } from "node:path";
import { shownPath } from "../../core/files.ts";
import { countThere, type Dataset, dataFolder, datasetOf, taskKinds } from "../../data/index.ts";
import type { Definition } from "../definition.ts";
import { printJson, printLine } from "../exit.ts";

export const list: Definition<{ json: boolean }> = {
  options: { json: { type: "boolean", default: false, describe: "print the list as JSON" } },
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
};

async function about(dataset: Dataset): Promise<Record<string, string>> {
  const { questions, licence, homepage } = dataset;
  return { questions, licence, homepage, files: await presence(dataset) };
}

async function presence({ task, files, byHand }: Dataset): Promise<string> {
  const folder = join(dataFolder(), task);
  const wanted = byHand === undefined ? files : [{ path: byHand, from: { address: "" } }];
  const there = await countThere(folder, wanted);
  if (there === wanted.length) return "here";
  const missing = there === 0 ? "not here" : `${there} of ${wanted.length} here`;
  return byHand === undefined
    ? `${missing}: aft data get ${task}`
    : `${missing}: put yours at ${shownPath(join(folder, byHand))}`;
}

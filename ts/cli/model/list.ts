import { type PackagedModel, packagedModels } from "../../config/index.ts";
import { fileSize } from "../../core/bytes.ts";
import { shownPath } from "../../core/files.ts";
import { keptModel, modelCatalogue, modelsFolder } from "../../data/index.ts";
import { type ModelState, stateOfModel } from "../../experiment/index.ts";
import { define, jsonOption } from "../definition.ts";
import { printJson, printLine } from "../exit.ts";

export const list = define({
  options: { json: jsonOption("print the list as JSON") },
  async handler({ json }) {
    const models = await Promise.all(
      packagedModels.map(async (name) => {
        const { title, package: wheel, licence, hub, homepage } = modelCatalogue[name];
        return {
          ...{ model: name, title, licence, homepage, hub },
          package: `${wheel.name} ${wheel.version}, ${fileSize(wheel.bytes)}`,
          files: filesSaid(name, await stateOfModel(keptModel(name))),
        };
      }),
    );
    if (json) return printJson({ folder: modelsFolder(), models });
    for (const { model, ...rest } of models) {
      printLine(model);
      for (const [name, value] of Object.entries(rest)) printLine(`  ${name}: ${value}`);
    }
    printLine(
      `\nmodels lie in ${shownPath(modelsFolder())} (AFT_MODELS names another folder); aft model get MODEL makes them. A folder, a GGUF file or a model of the hub goes into an experiment as it is: model: {path, gguf or hub: ...}`,
    );
  },
});

function filesSaid(name: PackagedModel, state: ModelState): string {
  switch (state.kind) {
    case "absent":
      return `not here: aft model get ${name}`;
    case "own":
      return "here, a folder that `aft model get` did not make";
    case "damaged":
      return `not whole (${state.fault}): remove it, then aft model get ${name}`;
    case "whole":
      return "here";
  }
}

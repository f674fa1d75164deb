/** Pretrained models that come as GGUF files. */
export { type Converted, convertGguf, convertOn } from "./convert.ts";
export { type GetModelOptions, type GotModel, getModel, whatWasLost } from "./get.ts";
export { type ModelNote, type ModelState, missingModel, stateOfModel } from "./state.ts";

/** Pretrained models that come as GGUF files. */
export { convertGguf, convertOn } from "./convert.ts";
export { getModel, whatWasLost } from "./get.ts";
export { type ModelState, missingModel, stateOfModel } from "./state.ts";

/** Pretrained models that come as GGUF files. */
export { type Converted, convertGguf, convertOn } from "./convert.ts";
export { type GetModelOptions, type GotModel, getModel, type ModelNote, noteOf, whatWasLost } from "./get.ts";

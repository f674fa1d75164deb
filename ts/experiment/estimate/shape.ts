/** What of a model's sizes an estimate goes by. */
import type { ModelShape } from "../../bridge/index.ts";
import type { Adapter, CreatedModel } from "../../config/index.ts";

export type { ModelShape } from "../../bridge/index.ts";
export type Dtype = "float32" | "bfloat16" | "float16";

export const bytesOf = (dtype: Dtype): number => (dtype === "float32" ? 4 : 2);

/** Weights that every token is multiplied with: all but an embedding that only looks rows up. */
export const multiplied = ({ parameters, embeddingParameters, tied }: ModelShape): number =>
  tied ? parameters : parameters - embeddingParameters;

/** Parameters of a LoRA adapter: rank x (inputs + outputs) of each layer that gets one. */
export function adapterParameters(shape: ModelShape, adapter: Adapter): number {
  const { rank } = adapter;
  return adaptedLayers(shape, adapter).reduce(
    (sum, { count, inputs, outputs }) => sum + count * rank * (inputs + outputs),
    0,
  );
}

/** The layers that get a part of the adapter. */
export const adaptedLayers = (
  { linearLayers }: ModelShape,
  { targets }: Adapter,
): ModelShape["linearLayers"] =>
  linearLayers.filter(({ name, namedAlone = false }) => targets?.includes(name) ?? !namedAlone);

/** The sizes of a Llama that is yet to be made. */
export function shapeOfCreated(model: CreatedModel, vocabularySize: number): ModelShape {
  const { hiddenSize, intermediateSize, layers, heads, keyValueHeads = heads, tieEmbeddings: tied } = model;
  const headSize = hiddenSize / heads;
  const keyValues = keyValueHeads * headSize;
  const linear = (name: string, inputs: number, outputs: number) => ({
    name,
    count: layers,
    inputs,
    outputs,
  });
  const linearLayers = [
    linear("q_proj", hiddenSize, hiddenSize),
    linear("k_proj", hiddenSize, keyValues),
    linear("v_proj", hiddenSize, keyValues),
    linear("o_proj", hiddenSize, hiddenSize),
    linear("gate_proj", hiddenSize, intermediateSize),
    linear("up_proj", hiddenSize, intermediateSize),
    linear("down_proj", intermediateSize, hiddenSize),
  ];
  const embeddingParameters = vocabularySize * hiddenSize;
  const blocks = linearLayers.reduce((sum, { count, inputs, outputs }) => sum + count * inputs * outputs, 0);
  const norms = (2 * layers + 1) * hiddenSize;
  return {
    parameters: blocks + norms + embeddingParameters * (tied ? 1 : 2),
    embeddingParameters,
    tied,
    layers,
    hiddenSize,
    intermediateSize,
    vocabularySize,
    heads,
    keyValueHeads,
    headSize,
    maxPositions: model.maxPositions,
    dtype: "float32",
    linearLayers,
  };
}

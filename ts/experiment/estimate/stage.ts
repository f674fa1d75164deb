/** What each node of a plan sends through the model, as its stage states it, and the time, memory and disk of it. */
import { sumOf } from "../../core/sum.ts";
import type { Cost, Expectation, Sampling, Trained } from "../stages/cost.ts";
import { keyOfNode, labelOf, type PlanNode } from "../stages/node.ts";
import {
  type Memory,
  type Setup,
  samplesAtOnce,
  samplingMemory,
  scoringMemory,
  total,
  trainedParameters,
} from "./memory.ts";
import { evenness, type Pace, scoringFlops, secondsOf, trainingFlops } from "./pace.ts";
import { rankMemory } from "./rank-memory.ts";
import { adapterParameters, bytesOf } from "./shape.ts";

export interface Work extends Cost {
  /** Of the node's artefact. */
  key: string;
  label: string;
  /** What vLLM samples of it, at a pace and in memory that are not known here. */
  sampledByVllm?: readonly Sampling[];
}

/** The same, with what it samples left to vLLM. */
export const withVllm = ({ sampled, ...work }: Work): Work =>
  sampled === undefined ? work : { ...work, sampledByVllm: sampled };

/** Of those nodes that use a model. @param lengthsOf of what a node of the stage `questions` holds @param usual of questions that groups of one's own do not tell */
export function worksOf(
  nodes: readonly PlanNode[],
  lengthsOf: (questions: PlanNode) => Expectation["questions"],
  usual: Expectation["questions"],
): Work[] {
  const expectations = new Map<PlanNode, Expectation>();
  const expectedInputs = ({ inputs }: PlanNode): Record<string, Expectation> =>
    Object.fromEntries(Object.entries(inputs).map(([role, input]) => [role, expectedOf(input)]));
  const expectedOf = (node: PlanNode): Expectation => {
    const known = expectations.get(node);
    if (known !== undefined) return known;
    const lengths = lengthsOf(node);
    const expected = lengths === undefined ? node.expected(expectedInputs(node)) : { questions: lengths };
    const expectation = expected.given === undefined ? expected : { questions: usual, ...expected };
    expectations.set(node, expectation);
    return expectation;
  };
  return nodes.flatMap((node) =>
    node.cost === undefined
      ? []
      : [{ key: keyOfNode(node), label: labelOf(node), ...node.cost(expectedInputs(node)) }],
  );
}

export interface StageEstimate {
  /** Of its artefact. */
  key: string;
  label: string;
  tokens: number;
  flops: number;
  /** undefined where vLLM samples. */
  seconds: number | undefined;
  /** At its height. */
  memory: Memory;
  memoryBytes: number;
  /** Whether the height is that of training or of sampling and scoring. */
  peak: "training" | "sampling" | "scoring";
  diskBytes: number;
}

export function estimateStage(setup: Setup, pace: Pace, work: Work): StageEstimate {
  const highest = highestMemory(setup, work);
  const { sampled = [], sampledByVllm } = work;
  const sampledTokens = sumOf(
    [...sampled, ...(sampledByVllm ?? [])],
    ({ prompts, k, promptTokens, responseTokens }) => prompts * (promptTokens.mean + k * responseTokens),
  );
  const trained = work.trained?.tokens ?? 0;
  const scored = work.scored?.tokens ?? 0;
  return {
    key: work.key,
    label: work.label,
    tokens: trained + scored + sampledTokens,
    flops: trained * trainingFlops(setup) + (scored + sampledTokens) * scoringFlops(setup),
    seconds: sampledByVllm === undefined ? secondsOf(pace, work) / speedup(setup) : undefined,
    memory: highest.memory,
    memoryBytes: total(highest.memory),
    peak: highest.peak,
    diskBytes: work.trained === undefined ? 0 : savedBytes(setup),
  };
}

/**
 * Of devices that share the work, without what they send each other: that only a plan for a kind of device knows. Processes
 * on a CPU share its cores, and are no faster than one.
 */
const speedup = ({ ranks, accelerator }: Setup): number => {
  const shares = ranks === undefined ? 1 : accelerator ? ranks.devices : ranks.nodes;
  return shares === 1 ? 1 : shares * evenness;
};

/** Of the first samples of each vLLM, which the worker scores at once, as it has it; a longer one is scored alone. */
const tokensChecked = 2048;

/** Of the kind of work in it that takes most. */
export function highestMemory(setup: Setup, work: Work): { peak: StageEstimate["peak"]; memory: Memory } {
  return heights(setup, work).reduce((a, b) => (total(b.memory) > total(a.memory) ? b : a));
}

/** Of a device; where several share the work and it is theirs to choose, they share out the weights where one cannot hold them. */
function trainedMemory(setup: Setup, trained: Trained): Memory {
  const { devices, sharding } = setup.ranks ?? { devices: 1, sharding: "none" };
  const whole = rankMemory(setup, trained, "none", devices);
  const shared = sharding === "fsdp" || (sharding === "auto" && total(whole) > setup.freeBytes);
  return shared && devices > 1 ? rankMemory(setup, trained, "fsdp", devices) : whole;
}

/** The most memory that each kind of work in it takes. */
function heights(setup: Setup, work: Work): { peak: StageEstimate["peak"]; memory: Memory }[] {
  const { maxTokensPerBatch } = setup;
  const peaks: { peak: StageEstimate["peak"]; memory: Memory }[] = [];
  if (work.trained !== undefined)
    peaks.push({ peak: "training", memory: trainedMemory(setup, work.trained) });
  if (work.scored !== undefined) {
    const tokens = Math.min(maxTokensPerBatch, Math.ceil(work.scored.tokens));
    peaks.push({ peak: "scoring", memory: scoringMemory(setup, tokens) });
  }
  for (const { promptTokens, maxNewTokens } of work.sampledByVllm ?? []) {
    const tokens = Math.max(tokensChecked, promptTokens.longest + maxNewTokens);
    peaks.push({ peak: "scoring", memory: scoringMemory(setup, tokens) });
  }
  for (const sampling of work.sampled ?? []) {
    const { k, promptTokens, maxNewTokens } = sampling;
    const rows = samplesAtOnce(setup, sampling);
    // A response may grow to the last token that it is allowed.
    const cached = rows * (promptTokens.longest + maxNewTokens);
    const prefilled = Math.ceil(rows / k) * promptTokens.longest;
    peaks.push({ peak: "sampling", memory: samplingMemory(setup, cached, prefilled) });
  }
  // What it sends through the model is not known: the weights lie there all the same.
  if (peaks.length === 0) peaks.push({ peak: "scoring", memory: scoringMemory(setup, 0) });
  return peaks;
}

/** The weights that a stage leaves: of an adapter in float32, it alone. */
const savedBytes = ({ shape, dtype, adapter }: Setup): number =>
  adapter === undefined ? shape.parameters * bytesOf(dtype) : 4 * adapterParameters(shape, adapter);

/** A saved state of a run that is under way: masters and two moments in float32. */
export const resumeBytes = (setup: Setup): number => 12 * trainedParameters(setup);

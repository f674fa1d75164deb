/** Each piece of work's time, memory and disk. */
import { sumOf } from "../../core/sum.ts";
import { type Memory, type Setup, samplingMemory, scoringMemory, total, trainingMemory } from "./memory.ts";
import { adapterParameters, bytesOf } from "./shape.ts";
import {
  type Speed,
  samplesAtOnce,
  samplingSeconds,
  scoringFlops,
  scoringSeconds,
  trainingFlops,
  trainingSeconds,
} from "./time.ts";
import type { Work } from "./work.ts";

export interface StageEstimate {
  /** Of its artefact. */
  key: string;
  label: string;
  tokens: number;
  flops: number;
  seconds: number;
  /** At its height. */
  memory: Memory;
  memoryBytes: number;
  /** Whether the height is that of training or of sampling and scoring. */
  peak: "training" | "sampling" | "scoring";
  diskBytes: number;
}

export function estimateStage(setup: Setup, speed: Speed, work: Work): StageEstimate {
  const { sampled = [] } = work;
  const sampledTokens = sumOf(
    sampled,
    ({ prompts, k, promptTokens, responseTokens }) => prompts * (promptTokens.mean + k * responseTokens),
  );
  const trained = work.trained?.tokens ?? 0;
  const scored = work.scored?.tokens ?? 0;
  const peaks = heights(setup, work);
  const highest = peaks.reduce((a, b) => (total(b.memory) > total(a.memory) ? b : a));
  return {
    key: work.key,
    label: work.label,
    tokens: trained + scored + sampledTokens,
    flops: trained * trainingFlops(setup) + (scored + sampledTokens) * scoringFlops(setup),
    seconds:
      trainingSeconds(setup, speed, trained) +
      scoringSeconds(setup, speed, scored) +
      sumOf(sampled, (sampling) => samplingSeconds(setup, speed, sampling)),
    memory: highest.memory,
    memoryBytes: total(highest.memory),
    peak: highest.peak,
    diskBytes: work.trained === undefined ? 0 : savedBytes(setup),
  };
}

/** The most memory that each kind of work in it takes. */
function heights(setup: Setup, work: Work): { peak: StageEstimate["peak"]; memory: Memory }[] {
  const { maxTokensPerBatch } = setup;
  const peaks: { peak: StageEstimate["peak"]; memory: Memory }[] = [];
  if (work.trained !== undefined) {
    const tokens = Math.min(maxTokensPerBatch, Math.ceil(work.trained.perStep));
    peaks.push({ peak: "training", memory: trainingMemory(setup, tokens) });
  }
  if (work.scored !== undefined) {
    const tokens = Math.min(maxTokensPerBatch, Math.ceil(work.scored.tokens));
    peaks.push({ peak: "scoring", memory: scoringMemory(setup, tokens) });
  }
  for (const sampling of work.sampled ?? []) {
    const { prompts, k, promptTokens, maxNewTokens } = sampling;
    const rows = Math.min(samplesAtOnce(setup, sampling), prompts * k);
    // A response may grow to the last token that it is allowed.
    const cached = rows * (promptTokens.longest + maxNewTokens);
    const prefilled = Math.ceil(rows / k) * promptTokens.longest;
    peaks.push({ peak: "sampling", memory: samplingMemory(setup, cached, prefilled) });
  }
  return peaks;
}

/** The weights that a stage leaves: of an adapter in float32, it alone. */
export const savedBytes = ({ shape, dtype, adapter }: Setup): number =>
  adapter === undefined ? shape.parameters * bytesOf(dtype) : 4 * adapterParameters(shape, adapter);

/** A saved state of a run that is under way: masters and two moments in float32. */
export const resumeBytes = ({ shape, adapter }: Setup): number =>
  12 * (adapter === undefined ? shape.parameters : adapterParameters(shape, adapter));

/** What to change where a stage does not fit in the device's memory. */
import type { Adapter } from "../../config/index.ts";
import { adapterSchema } from "../../config/index.ts";
import { type Setup, total } from "./memory.ts";
import { highestMemory, type Work } from "./stage.ts";

interface Change {
  say: string;
  setup: Setup;
}

/** The least changes that make all of it fit, in a clause; that of a larger GPU where none does. */
export function adviceFor(setup: Setup, works: readonly Work[], freeBytes: number): string {
  const peak = (changed: Setup): number =>
    Math.max(...works.map((work) => total(highestMemory(changed, work).memory)));
  const fitting = changesOf(setup).find(({ setup: changed }) => peak(changed) <= freeBytes);
  if (fitting !== undefined) return `${fitting.say} brings it to ${gigabytes(peak(fitting.setup))}`;
  const last = changesOf(setup).at(-1);
  const least = last === undefined ? setup : last.setup;
  return `it needs a larger GPU: even the least setting takes ${gigabytes(peak(least))}`;
}

/** From the one that costs least to those that change what is trained. */
function changesOf(setup: Setup): Change[] {
  const recomputed: Change[] = setup.gradientCheckpointing
    ? []
    : [{ say: "model.gradientCheckpointing: true", setup: { ...setup, gradientCheckpointing: true } }];
  const smaller = (from: Change[], also: string): Change[] =>
    [4, 16].flatMap((share) => {
      const maxTokensPerBatch = Math.floor(setup.maxTokensPerBatch / share);
      if (maxTokensPerBatch < 1024) return [];
      return from.map(({ say, setup: base }) => ({
        say: `${say}${also}worker.maxTokensPerBatch: ${maxTokensPerBatch}`,
        setup: { ...base, maxTokensPerBatch },
      }));
    });
  const weights = [...smaller([{ say: "", setup }], ""), ...recomputed, ...smaller(recomputed, " with ")];
  if (setup.adapter !== undefined) return weights;
  const adapter: Adapter = adapterSchema.parse({});
  const adapted = [
    { say: "model.adapter (LoRA)", setup: { ...setup, adapter } },
    {
      say: "model.adapter (LoRA) with gradientCheckpointing: true",
      setup: { ...setup, adapter, gradientCheckpointing: true },
    },
  ];
  return [...weights, ...adapted, ...smaller(adapted.slice(1), " and ")];
}

export const gigabytes = (bytes: number): string => {
  const value = bytes / 1e9;
  return `${value >= 10 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(2)} GB`;
};

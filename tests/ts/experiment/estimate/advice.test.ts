import { expect, test } from "vitest";
import { adviceFor } from "../../../../ts/experiment/estimate/advice.ts";
import type { Setup } from "../../../../ts/experiment/estimate/memory.ts";
import type { Work } from "../../../../ts/experiment/estimate/stage.ts";
import { setup } from "./sizes.ts";

const vft: Work = {
  key: "vft",
  label: "vft seed 1",
  trained: {
    tokens: 1e7,
    perStep: 1e6,
    questions: 64,
    responses: 7,
    lengthGrouped: false,
    steps: 10,
    savesStates: false,
  },
};
const advice = (gigabytes: number, settings: Partial<Setup> = {}): string =>
  adviceFor(setup(settings), [vft], gigabytes * 1e9);

test("the change that costs least comes first", () => {
  expect(advice(180)).toMatch(/^worker.maxTokensPerBatch: 4096 brings it to 1\d\d GB$/);
  expect(advice(136, { maxTokensPerBatch: 1024 * 8 })).toMatch(
    /^model.gradientCheckpointing: true brings it to 12\d GB$/,
  );
});

test("on 80 GB an adapter, with what else it needs", () => {
  expect(advice(80)).toMatch(/^model.adapter \(LoRA\).* brings it to \d\d GB$/);
});

test("where nothing fits, that is said with the least that is needed", () => {
  expect(advice(10)).toMatch(/^it needs a larger GPU: even the least setting takes 1\d GB$/);
  expect(advice(10, { adapter: { rank: 8, alpha: 8, dropout: 0 }, maxTokensPerBatch: 1024 })).toMatch(
    /^it needs a larger GPU/,
  );
});

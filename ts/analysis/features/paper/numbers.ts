import type { Role } from "../../run/roles.ts";

/**
 * Numbers that the paper reports (arXiv 2309.02144), per cent right on GSM8K after greedy decoding; 7B and 13B are
 * inferred names. They were measured on other models and other data: for orientation, not for comparison.
 */
export const paperGsm8k: Partial<Record<Role, { method: string; size7B: number; size13B: number }>> = {
  kept: { method: "VFT", size7B: 36.48, size13B: 47.29 },
  detached: { method: "AFT", size7B: 40.43, size13B: 51.03 },
  boundary: { method: "AFT", size7B: 40.43, size13B: 51.03 },
};

/** What else the paper says, in sentences. */
export const paperNotes: readonly string[] = [
  "GSM8K accuracy: VFT 36.48 → AFT 40.43 (7B) and 47.29 → 51.03 (13B); AQuA: 31.19 → 33.20.",
  "Mean gain over VFT: 1.91 to 2.57 points of accuracy, 5.73 to 9.23 points of assessment accuracy; VFT's assessment accuracy is about 70 % on GSM8K.",
  "GSM8K-RANK: VFT 20.82, RRHF 7.51, AFT 26.08: without a constraint the model degrades; the detached and the boundary constraint do about equally well.",
];

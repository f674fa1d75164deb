import { html, type Markup } from "../document/markup.ts";

/**
 * The words of texts, tables and charts.
 * @param k samples a question
 * @param continued what the tables call continued VFT; undefined where there is none
 */
export const glossary = (k: number, continued?: string): Markup => html`<dl class="facts">
<dt>VFT</dt><dd>vanilla fine-tuning: training on reference solutions, token by token. All methods start from the model that it gives, “the VFT model”.</dd>
<dt>continued VFT${continued !== undefined && continued !== "continued VFT" && ` (in tables “${continued}”)`}</dt><dd>the same further steps on the reference solutions alone. Without it, “better than VFT” may only mean “more training”.</dd>
<dt>COT</dt><dd>chain of thought: a worked solution that ends in a final answer. It is right or wrong (positive or negative) by that answer alone.</dd>
<dt>greedy</dt><dd>the model writes the likeliest token each time: one answer, always the same. A sample is drawn at random instead.</dd>
<dt>score</dt><dd>of a COT: its mean log-probability a token under the model, its end-of-sequence token included. Nearer to 0 is likelier.</dd>
<dt>perplexity</dt><dd>mean over COTs of exp(−score). 1 is certain; where it rises for right COTs, good text has become unlikely.</dd>
<dt>assessment accuracy</dt><dd>of all pairs of a right and a wrong COT to the same question, the share in which the model scores the right one higher, ties counted half; guessing gives 50 %. Micro pools all pairs, macro averages questions. All methods score the same COTs: those that the VFT model sampled.</dd>
${
  k > 1 &&
  html`<dt>maj@${k}</dt><dd>the most frequent answer of ${k} samples is right (self-consistency); a sample without a readable answer does not vote; ties count by their expected accuracy.</dd>
<dt>pass@${k}</dt><dd>at least one of ${k} samples is right (unbiased estimator).</dd>`
}
</dl>`;

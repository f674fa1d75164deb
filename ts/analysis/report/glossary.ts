import { html, type Markup } from "./markup.ts";

/** The words of tables and charts. */
export const glossary = (k: number): Markup => html`<dl>
<dt>COT</dt><dd>chain of thought: a worked solution that ends in a final answer. It is right or wrong by that answer alone.</dd>
<dt>score</dt><dd>a COT’s mean log-probability a token, its end-of-sequence token included.</dd>
<dt>assessment accuracy</dt><dd>of all pairs of a right and a wrong COT to the same question, the share in which the model scores the right one higher, ties counted half; micro pools all pairs, macro averages questions. All methods score the same COTs: those that the VFT model sampled.</dd>
<dt>perplexity</dt><dd>mean over COTs of exp(−score). Lower is likelier.</dd>
<dt>maj@${k}</dt><dd>the most frequent answer of ${k} samples is right (self-consistency); a sample without a readable answer does not vote; ties count by their expected accuracy.</dd>
<dt>pass@${k}</dt><dd>at least one of ${k} samples is right (unbiased estimator).</dd>
<dt>continued VFT</dt><dd>the same further steps on the reference solutions alone. Without it, “better than VFT” may only mean “more training”.</dd>
</dl>`;

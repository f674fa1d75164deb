/** The words that a reader may not know: what they mean, and how that is shown. */
export { methodWords, withHints, wordsOf } from "./shown.ts";
export { type Term, termsOf } from "./terms.ts";

/** What p is, wherever it stands: it decides nothing by itself. */
export const testFootnote = (isSingle: boolean): string =>
  `p: a paired sign-flip permutation test over questions, two-sided${
    isSingle
      ? " (for greedy answers it is McNemar’s exact test)"
      : "; all seeds of a question are one unit, so p speaks of other questions, not of other seeds"
  }. Holm: p adjusted for all differences that are judged together.`;

/**
 * One question's share in a metric. Every metric here is a ratio of sums over questions: its value is
 * sum(numerator) / sum(denominator). So the same tallies give the value, its bootstrap over questions, and
 * paired differences.
 */
export interface Tally {
  numerator: number;
  denominator: number;
}

/** What a question that has no share in a metric gives: it is left out. */
export const noShare: Tally = { numerator: 0, denominator: 0 };

/** The metric over questions that come one by one. */
export class Sum {
  #numerator = 0;
  #denominator = 0;

  add({ numerator, denominator }: Tally): void {
    this.#numerator += numerator;
    this.#denominator += denominator;
  }

  /** How much stands below the line: pairs, candidates or questions, whatever the metric counts. */
  get denominator(): number {
    return this.#denominator;
  }

  /** Null when no question has a share in it. */
  get ratio(): number | null {
    return this.#denominator > 0 ? this.#numerator / this.#denominator : null;
  }
}

function sumOf(tallies: Iterable<Tally>): Sum {
  const sum = new Sum();
  for (const tally of tallies) sum.add(tally);
  return sum;
}

/** The metric over all questions; null when no question has a share in it. */
export const ratio = (tallies: Iterable<Tally>): number | null => sumOf(tallies).ratio;

export const total = (tallies: Iterable<Tally>): number => sumOf(tallies).denominator;

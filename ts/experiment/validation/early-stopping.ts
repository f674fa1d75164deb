/** A look that has an accuracy: of the weights as they were after this many steps. */
export interface RatedLook {
  step: number;
  accuracy: number;
  /** Digest of those weights. */
  weights: string;
}

/** The looks of a method under `patience`, and what follows from them. */
export class BestLook {
  private found: RatedLook | undefined;
  /** Looks since the best one. */
  private since = 0;
  private readonly patience: number;

  constructor(patience: number) {
    this.patience = patience;
  }

  get best(): RatedLook {
    return this.found!;
  }

  /** Whether a look with this accuracy would be the best one: of equals the earlier stays. */
  isBetter(accuracy: number): boolean {
    return this.found === undefined || accuracy > this.found.accuracy;
  }

  /** `weights`: there when the look was the best so far. */
  add({
    step,
    accuracy,
    weights = "",
  }: {
    step: number;
    accuracy: number;
    weights?: string | undefined;
  }): void {
    if (this.isBetter(accuracy)) {
      this.found = { step, accuracy, weights };
      this.since = 0;
    } else this.since++;
  }

  get exhausted(): boolean {
    return this.since >= this.patience;
  }
}

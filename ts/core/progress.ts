/** How far a long piece of work is. `done` counts from where this process began only if `from` says so. */
export interface Progress {
  /** What is being done, in a few words: "align aft-bc". */
  label: string;
  /** How many are done. */
  done: number;
  /** Of how many. */
  total: number;
  /** What is counted: "steps", "candidates", "questions". */
  unit: string;
  /** Work that was there before this process (a resumed stage): left out of the rate. */
  from?: number;
  /** Tokens since the start of this piece of work, for tokens/s. */
  tokens?: number;
  /** Further live numbers: "loss 1.23". */
  detail?: string;
  /** What this is a part of ("run", "sweep"), and the seconds until all of it is done; left out while that is not known. */
  whole?: { name: string; secondsLeft: number };
}

/** A stage of a run: its place among all of them, from 1, and the seconds until all are done, where that is known. */
export interface StagePlace {
  /** Of the stage, as its lines have it. */
  label: string;
  /** Its number, from 1. */
  at: number;
  /** How many there are. */
  total: number;
  /** Until all are done. */
  secondsLeft?: number | undefined;
}

/** Where long work reports to. A terminal redraws one line; a pipe gets plain lines. */
export interface ProgressSink {
  /** A line that stays. */
  note(text: string): void;
  /** How far it is; often. */
  update(progress: Progress): void;
  /** The piece of work with this label has ended; its live line may go. */
  end(label: string): void;
  /** A stage of a run begins, or (undefined) the run is over; who shows no whole has no use for it. */
  stage?(place: StagePlace | undefined): void;
  /** A stage of a run is done. Left out: a note. A terminal, which shows how far all is, leaves it out. */
  done?(text: string): void;
}

export const silent: ProgressSink = { note() {}, update() {}, end() {} };

// Generated from the zod schemas by `npm run generate`. Do not edit.

/** A row of a preference data set, as DPO trainers read it. */
export interface PreferenceRow {
  /** the exact text the model is given */
  prompt: string;
  /** the better response */
  chosen: string;
  /** the worse response */
  rejected: string;
  /** Further fields pass through. */
  [field: string]: unknown;
}

/** A row of an unpaired data set, as KTO trainers read it. */
export interface UnpairedRow {
  /** the exact text the model is given */
  prompt: string;
  /** one response to it */
  completion: string;
  /** whether it is right */
  label: boolean;
  /** Further fields pass through. */
  [field: string]: unknown;
}

/** A row of RRHF's data: a question, its solutions and how good each is. */
export interface RrhfRow {
  /** the exact text the model is given */
  query: string;
  /** several responses to it */
  responses: string[];
  /** how good each is, in the same order */
  scores: number[];
  /** Further fields pass through. */
  [field: string]: unknown;
}

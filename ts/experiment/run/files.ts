/** The files in the folder of a run; that of a sweep has its page and tables under the same names. */
export const runFiles = {
  /** There while a process works in the folder. */
  lock: "run.lock",
  /** What the run that was begun last comes to; the record is that of the last one that ended. */
  started: "started.json",
  /** How far the stage is that is being made; only while a process works in the folder, or where it was killed. */
  progress: "progress.json",
  record: "run.json",
  experiment: "experiment.yaml",
  summary: "report.json",
  page: "report.html",
  markdown: "report.md",
  charts: "charts",
  predictions: "predictions",
  table: "table.txt",
  picture: "picture.svg",
  sweep: "sweep.json",
  /** The reader's own marks and notes on questions: no run writes them, and no report is made of them. */
  notes: "notes.jsonl",
} as const;

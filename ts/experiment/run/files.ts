/** The files in the folder of a finished run; that of a sweep has its page and tables under the same names. */
export const runFiles = {
  record: "run.json",
  experiment: "experiment.yaml",
  summary: "report.json",
  page: "report.html",
  markdown: "report.md",
  charts: "charts",
  table: "table.txt",
  picture: "picture.svg",
  sweep: "sweep.json",
} as const;

import { type Case, small } from "./cases.ts";

const rows = 'question,answer\n"1 + 1?",2\n"2 + 2?",4\n"3 + 3?",6\n"4 + 4?",8\n"5 + 5?",10\n';

const custom = (answer: string, more = ""): string =>
  small.replace(
    "  - task: arithmetic\n",
    () =>
      `  - task: custom\n    name: sums\n    file: DIR/rows.csv\n    shares: {validation: 0.2, test: 0.2}\n    columns: {question: question, answer: answer, reference: answer}\n    answer: ${answer}\n${more}`,
  );

const ofAnswer = (name: string, answer: string, file = rows): Case => ({
  name,
  files: { "x.yaml": custom(answer), "rows.csv": file },
  argv: ["validate", "DIR/x.yaml"],
});

/** What shows when the rows are read: before anything else is done. */
const ofRows = (name: string, file: string | Uint8Array): Case => ({
  name,
  files: { "x.yaml": custom("{kind: number}", "    closing: append\n"), "rows.csv": file },
  argv: ["run", "DIR/x.yaml", "--runs", "DIR/runs"],
});

const columnsOf = (question: string): string[] =>
  [`question=${question}`, "answer=a", "reference=r"].flatMap((column) => ["--set", `columns.${column}`]);

/** Tasks of the user's own: their columns, and the patterns that find an answer. */
export const ownTasks: readonly Case[] = [
  ofAnswer("a pattern that is none", "{kind: regex, pattern: '(\\d+'}"),
  ofAnswer("a pattern without a group", "{kind: regex, pattern: '\\d+'}"),
  ofAnswer("a pattern with two groups", "{kind: regex, pattern: '(\\d+)-(\\d+)'}"),
  ofAnswer("a pattern that is too long", `{kind: regex, pattern: '(${"a".repeat(1000)})'}`),
  ofAnswer("a pattern that is empty", "{kind: regex, pattern: ''}"),
  {
    name: "a pattern that is a comment",
    files: {
      "x.yaml": custom("\n      kind: regex\n      pattern: #### (A|B)"),
      "rows.csv": rows,
    },
    argv: ["validate", "DIR/x.yaml"],
  },
  ofAnswer("a time limit below nothing", "{kind: regex, pattern: '(\\d+)', timeoutMs: -1}"),
  ofAnswer("a kind of answers that there is none of", "{kind: numbr}"),
  ofAnswer("choices without their column", "{kind: choice}"),
  ofAnswer(
    "a column that the file does not have",
    "{kind: number}",
    rows.replace("question,answer", "problem,answer"),
  ),
  {
    name: "a list and a map in the place of a text",
    files: {
      "rows.jsonl": '{"q": {"text": "1 + 1?"}, "a": "2", "r": ["2"]}\n'.repeat(5),
    },
    argv: ["data", "check", "DIR/rows.jsonl", "--task", "custom", ...columnsOf("q")],
  },
  {
    name: "a misspelt column within another",
    files: { "rows.jsonl": '{"q": {"text": "1 + 1?"}, "a": "2", "r": ["2"]}\n' },
    argv: ["data", "check", "DIR/rows.jsonl", "--task", "custom", ...columnsOf("q.txt")],
  },
  ofRows("an empty file of rows", ""),
  ofRows("a file of a heading alone", "question,answer\n"),
  ofRows("a quotation that never ends", 'question,answer\n"1 + 1?,2\n'),
  ofRows("a row with a cell too many", `${rows}"6 + 6?",12,13\n`),
  ofRows("an answer that is no number", rows.replace(",4", ",four")),
  ofRows("an answer that is empty", rows.replace(",4", ",")),
  {
    name: "a file of rows that is not there",
    files: { "x.yaml": custom("{kind: number}") },
    argv: ["validate", "DIR/x.yaml"],
  },
  {
    name: "a folder in the place of a file of rows",
    files: { "x.yaml": custom("{kind: number}"), "rows.csv/inner": "" },
    argv: ["validate", "DIR/x.yaml"],
  },
  {
    name: "shares above one",
    files: { "x.yaml": custom("{kind: number}").replace("0.2, test", "0.9, test"), "rows.csv": rows },
    argv: ["validate", "DIR/x.yaml"],
  },
  {
    name: "rows that are no Parquet",
    files: {
      "x.yaml": custom("{kind: number}").replaceAll("rows.csv", "rows.parquet"),
      "rows.parquet": "PAR1 nothing",
    },
    argv: ["run", "DIR/x.yaml", "--runs", "DIR/runs"],
  },
  ofRows("a table that is not UTF-8", new Uint8Array([...new TextEncoder().encode(rows), 0xff, 0x0a])),
  {
    name: "a bad cell of a task that is only evaluated",
    files: {
      "x.yaml": custom("{kind: number}", "    closing: append\n    use: evaluate\n").replace(
        "tasks:\n",
        "tasks:\n  - task: arithmetic\n",
      ),
      "rows.csv": rows.replace(",10", ",ten"),
    },
    argv: ["run", "DIR/x.yaml", "--runs", "DIR/runs"],
  },
];

import { z } from "zod";
import { count, share, text } from "../values.ts";
import { answerSchema } from "./answer.ts";
import { common, seed, some } from "./published.ts";

const rowsFile = (what: string) =>
  text
    .optional()
    .meta({ description: `${what}: JSON Lines, JSON, CSV, TSV or Parquet, relative to this file` });

/** Which column holds what. A dot reaches into a nested value: `question.stem`. */
const columnsSchema = z.strictObject({
  question: text.default("question").meta({ description: "the column of the question's text" }),
  answer: text.default("answer").meta({
    description: "the column of the final answer, or of a solution that ends in it",
  }),
  reference: text.optional().meta({
    description: "the column of the solution that is trained on; none: evaluated only",
  }),
  choices: z
    .union([text, z.array(text).min(2)])
    .optional()
    .meta({ description: "the column that lists the options, or one column an option" }),
  id: text.optional().meta({
    description: "the column of the row's id, unique within a split; counted when left out",
  }),
});
export type Columns = z.output<typeof columnsSchema>;

/** Questions of the user's own, in whatever columns they stand. */
export const customTaskSchema = z.strictObject({
  ...common,
  task: z.literal("custom").meta({ description: "questions of your own: a column map over your files" }),
  file: rowsFile("one file with all rows, shared out by `shares`"),
  trainFile: rowsFile("training rows"),
  validationFile: rowsFile("validation rows"),
  testFile: rowsFile("test rows"),
  shares: z
    .strictObject({
      validation: share.default(0.1).meta({ description: "the share of `file` to choose settings on" }),
      test: share.default(0.1).meta({ description: "the share of `file` to report on" }),
    })
    .prefault({})
    .meta({ description: "how `file` is shared out: equal questions go to one split together" }),
  columns: columnsSchema.prefault({}).meta({ description: "which column holds what" }),
  answer: answerSchema.prefault({ kind: "number" }),
  closing: z.enum(["keep", "append"]).default("keep").meta({
    description:
      "append: each reference gets a last line `#### ANSWER`; keep: as it is, and it must have its answer already",
  }),
  train: some("training"),
  validation: count.optional().meta({
    description:
      "use this many validation questions; without a validationFile or file: this many training questions set aside",
  }),
  test: some("test"),
  seed: seed("which questions go to which split, and which are used"),
});
export type CustomTask = z.output<typeof customTaskSchema>;

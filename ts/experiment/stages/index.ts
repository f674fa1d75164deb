/** All stages. A stage is one file here and one line in this list; the plan says what it works on. */
import { align } from "./align.ts";
import { convert } from "./convert.ts";
import { create } from "./create.ts";
import { evaluate } from "./evaluate.ts";
import { judge } from "./judge.ts";
import { prompts } from "./prompts.ts";
import { questions } from "./questions.ts";
import { references } from "./references.ts";
import { sample } from "./sample.ts";
import { score } from "./score.ts";
import { search } from "./search.ts";
import { vft } from "./vft.ts";

export const stages = {
  questions,
  prompts,
  create,
  convert,
  vft,
  sample,
  judge,
  references,
  score,
  align,
  evaluate,
  search,
};

import type { Definition } from "./definition.ts";

export interface Command {
  name: string;
  /** Its words after its name, as yargs writes them. */
  words: string;
  /** One line for `aft --help`; none for a command of this project's own scripts. */
  describe?: string;
  /** A whole command line that works, for messages. */
  example: string;
  // biome-ignore lint/suspicious/noExplicitAny: each command has arguments of its own, and a list of them none.
  load(): Promise<Definition<any>>;
}

/** Every command. Its file is loaded when it is called: most import far more than `aft --help` needs. */
export const commands: readonly Command[] = [
  {
    name: "run",
    words: "<experiment>",
    describe: "run an experiment: what is done already is never done again",
    example: "aft run experiments/quickstart.yaml",
    load: async () => (await import("./run.ts")).run,
  },
  {
    name: "validate",
    words: "<experiment>",
    describe: "check an experiment file: every mistake at once, each with its line",
    example: "aft validate experiments/quickstart.yaml",
    load: async () => (await import("./validate.ts")).validate,
  },
  {
    name: "doctor",
    words: "",
    describe: "what is installed, which devices there are, and what is wrong, with the fix",
    example: "aft doctor",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "judge",
    words: "",
    describe: "judge candidates by their final answers",
    example:
      "aft judge --task arithmetic --questions questions.jsonl --in candidates.jsonl --out groups.jsonl",
    load: async () => (await import("./judge.ts")).judgeFile,
  },
  {
    name: "score",
    words: "",
    describe: "score every candidate: the mean log-probability of its tokens under a model",
    example: "aft score --model DIR --in groups.jsonl --out scored.jsonl",
    load: async () => (await import("./score.ts")).score,
  },
  {
    name: "assess",
    words: "",
    describe: "accuracy, assessment accuracy, perplexity, maj@k and pass@k of scored groups",
    example: "aft assess --in scored.jsonl",
    load: async () => (await import("./assess.ts")).assessFile,
  },
  {
    name: "report",
    words: "<runs..>",
    describe: "write the report of finished runs anew, from their artefacts",
    example: "aft report runs/quickstart",
    load: async () => (await import("./report.ts")).report,
  },
  {
    name: "export",
    words: "<run>",
    describe: "copy a method's weights, in Hugging Face format, or a run's judged samples as training data",
    example: "aft export runs/quickstart --method aft-bc --to DIR",
    load: async () => (await import("./export.ts")).exportFrom,
  },
  {
    name: "data",
    words: "<action> <task>",
    describe: "make questions of a built-in task",
    example: "aft data make arithmetic --out questions.jsonl",
    load: async () => (await import("./data.ts")).data,
  },
  {
    name: "notebook",
    words: "[folder]",
    describe: "open the notebooks in Jupyter, which is installed at first need",
    example: "aft notebook",
    load: async () => (await import("./notebook.ts")).notebook,
  },
];

/** For this project's own scripts: hands all its words to the environment's Python. */
export const python: Command = {
  name: "python",
  words: "[arguments..]",
  example: "aft python --version",
  load: async () => (await import("./python.ts")).runPython,
};

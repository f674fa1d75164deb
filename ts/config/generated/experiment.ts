// Generated from the zod schemas by `npm run generate`. Do not edit.

/** An experiment as it is run: everything that extended files and defaults give, filled in. */
export interface Experiment {
  /** lower-case letters, digits and dashes; also the run's folder */
  name: string;
  /** what the experiment asks, in a sentence */
  description: string;
  /** the whole experiment runs once for each; the report gives mean and spread */
  seeds: number[];
  /**
   * the base model: created, from a folder, a GGUF file, the hub or `aft model get`; a bare text is a
   * folder, a file that ends in .gguf, a name of `aft model get` or a hub name
   */
  model: ModelSettings;
  /** what is learned, and what else is evaluated */
  tasks: TaskSettings[];
  /** several tasks: how they share the training */
  mixture: ExperimentMixture;
  /** the settings of each stage */
  stages: StageSettings;
  /** how often methods sample anew from their own weights and train again; a number: that many rounds */
  rounds: ExperimentRounds;
  /** what is compared: a name of your choice, then the method and its settings */
  methods: Record<string, MethodSettings>;
  /** where and how the training process runs */
  worker: ExperimentWorker;
  /** what the report shows */
  report: ExperimentReport;
  /** where the numbers of training also go; changes no result */
  tracking: ExperimentTracking;
}

/** several tasks: how they share the training */
export interface ExperimentMixture {
  /** a task with n questions and weight w has a share of w n^(1/temperature): 1 by size, large: all alike */
  temperature: number;
}

/** how often methods sample anew from their own weights and train again; a number: that many rounds */
export interface ExperimentRounds {
  /** how many; from the second on each method samples from its own weights and trains on that */
  count: number;
  /**
   * the weights that a later round trains: those of the round before, or vft: those that the first
   * round started from
   */
  start: "previous" | "vft";
  /**
   * whose log-probabilities a method with a reference model goes by in a later round: the last
   * weights', or vft: as in the first
   */
  reference: "previous" | "vft";
  /**
   * fresh: each round takes the next stages.sample.questions, from the beginning again where they
   * end; same: those of the first round
   */
  questions: "fresh" | "same";
}

/** where and how the training process runs */
export interface ExperimentWorker {
  /** auto, cpu, cuda, cuda:N or mps (a Mac's); auto: a GPU where there is one */
  device: string;
  /**
   * GPUs of a machine that share the work, a process each (on a CPU: processes); results differ by
   * rounding alone
   */
  devices: number;
  /** machines that share it; `aft worker` is started on each of the others */
  nodes: number;
  /**
   * where processes share the work: none: each has the whole model; fsdp: a part of each weight;
   * auto: fsdp where one GPU cannot hold the model with what training takes
   */
  sharding: "auto" | "none" | "fsdp";
  /** host:port of this machine, where the others meet it; from MASTER_ADDR and MASTER_PORT when left out */
  rendezvous?: string | undefined;
  /**
   * seconds after which a process that gives no sign of life to the others counts as lost; all are
   * started again then
   */
  rankSeconds: number;
  /** CPU threads, which processes share out; all cores when left out */
  threads?: number | undefined;
  /** an existing Python with torch; the project makes its own environment when left out */
  python?: string | undefined;
  /**
   * a command that starts the worker elsewhere and hands on its standard streams, as [ssh, gpu-box,
   * '{worker}'] does; {worker} stands for the words that start it here
   */
  launch?: string[] | undefined;
  /** stdio: a process of its own; pythonia: inside Node, for exploring */
  transport: "stdio" | "pythonia";
  /** tokens of one micro-batch; bounds memory, never changes a result */
  maxTokensPerBatch: number;
  /** most samples that are decoded at once; sized from free memory when left out */
  samplesAtOnce?: number | undefined;
  /** what draws samples: transformers (in the worker) or vllm; auto: vllm where vllmPython is given */
  sampler: "auto" | "transformers" | "vllm";
  /** the Python of an environment that has vLLM */
  vllmPython?: string | undefined;
  /** how vLLM holds the model */
  vllm?: ExperimentWorkerVllm | undefined;
}

/** how vLLM holds the model */
export interface ExperimentWorkerVllm {
  /** GPUs that a model is split over */
  tensorParallel: number;
  /** copies of the model, each on GPUs of its own; the samples are shared out */
  dataParallel: number;
  /**
   * of each GPU's memory; when left out what is free, less a tenth for the worker, which scores
   * meanwhile
   */
  memoryShare?: number | undefined;
}

/** what the report shows */
export interface ExperimentReport {
  /**
   * questions printed with their sampled COTs and scores, on paper and where no script runs; 0 leaves
   * out the browser of all questions, too
   */
  examples: number;
}

/** where the numbers of training also go; changes no result */
export interface ExperimentTracking {
  /** event files in the run's folder, for `tensorboard --logdir runs/NAME` */
  tensorboard: boolean;
  /** Weights & Biases; its key is taken from WANDB_API_KEY or `wandb login` */
  wandb?: ExperimentTrackingWandb | undefined;
  /** MLflow; `{}` where its own settings suffice */
  mlflow?: ExperimentTrackingMlflow | undefined;
  /** trackio, a local dashboard */
  trackio?: ExperimentTrackingTrackio | undefined;
}

/** Weights & Biases; its key is taken from WANDB_API_KEY or `wandb login` */
export interface ExperimentTrackingWandb {
  /** the project that the runs go to */
  project: string;
  /** user or team; your own when left out */
  entity?: string | undefined;
  /** offline: files for `wandb sync`; WANDB_MODE, or online, when left out */
  mode?: "online" | "offline" | "disabled" | undefined;
}

/** MLflow; `{}` where its own settings suffice */
export interface ExperimentTrackingMlflow {
  /** MLflow's server or store; MLFLOW_TRACKING_URI, or mlflow's own place, when left out */
  uri?: string | undefined;
  /** MLflow's experiment; the name of this one when left out */
  experiment?: string | undefined;
}

/** trackio, a local dashboard */
export interface ExperimentTrackingTrackio {
  /** the project that the runs go to */
  project: string;
}

/** The base model: created, from a folder, or from the hub. */
export interface ModelSettings {
  /** make a model from scratch with these sizes */
  create?: CreatedModelSettings | undefined;
  /** a folder in Hugging Face format, relative to this file */
  path?: string | undefined;
  /** a model of the Hugging Face hub: organisation/name */
  hub?: string | undefined;
  /** a model that `aft model get` keeps in the models folder; needs no hub */
  get?: "smollm2-135m" | undefined;
  /**
   * a GGUF file (llama.cpp's), relative to this file: its weights are made float32 once, and kept
   * with the run's artefacts
   */
  gguf?: string | undefined;
  /** hub only: a commit, tag or branch */
  revision?: string | undefined;
  /** type of the weights; auto: bfloat16 on CUDA, float32 on CPU */
  dtype: "auto" | "float32" | "bfloat16" | "float16";
  /** attention implementation; auto: the best that the device has */
  attention: "auto" | "sdpa" | "eager" | "flash_attention_2" | "flex_attention";
  /** LoRA: train an adapter beside the weights, which stay as they are; none when left out */
  adapter?: AdapterSettings | undefined;
  /** compute activations again in the backward pass: far less memory, a third more work, no other result */
  gradientCheckpointing: boolean;
}

/** A model made from scratch: sizes and tokenizer. */
export interface CreatedModelSettings {
  /**
   * llama; qwen: Qwen 3, queries and keys normalised; mistral: Llama with a sliding window; gemma:
   * Gemma 2, soft-caps and a window in every second layer; gemma3: Gemma 3
   */
  architecture: "llama" | "qwen" | "mistral" | "gemma" | "gemma3";
  /** width of the residual stream */
  hiddenSize: number;
  /** width inside each MLP */
  intermediateSize: number;
  /** number of transformer blocks */
  layers: number;
  /** attention heads; must divide hiddenSize */
  heads: number;
  /** heads of keys and values (grouped-query attention); must divide heads */
  keyValueHeads?: number | undefined;
  /** width of a head, even; hiddenSize / heads when left out */
  headDim?: number | undefined;
  /**
   * all but llama: a token sees so many, itself included, in all layers (mistral), the upper half
   * (qwen), every second (gemma) or five of six (gemma3); left out: it sees all
   */
  slidingWindow?: number | undefined;
  /** gemma only: c in c * tanh(logits / c); 30 when left out */
  logitSoftcap?: number | undefined;
  /** gemma only: the same of the attention's scores; 50 when left out */
  attentionSoftcap?: number | undefined;
  /** longest prompt + response, in tokens */
  maxPositions: number;
  /** input and output embeddings are one matrix */
  tieEmbeddings: boolean;
  /** standard deviation of the random initial weights */
  initStd: number;
  /** how the tokenizer is trained */
  tokenizer: CreatedModelSettingsTokenizer;
}

/** how the tokenizer is trained */
export interface CreatedModelSettingsTokenizer {
  /**
   * words: every word of the training texts is a token; bpe: byte-pair encoding over bytes, as
   * Qwen's; sentencepiece: over characters, with a space put before a text and bytes to fall back on,
   * as Llama 2's
   */
  kind: "words" | "bpe" | "sentencepiece";
  /** bpe and sentencepiece: how many tokens to learn */
  vocabularySize?: number | undefined;
  /** a text begins with <s>; false: with none, as Qwen's */
  bos: boolean;
  /** Jinja, as in tokenizer_config.json: what `prompt: chat` is rendered by */
  chatTemplate?: string | undefined;
}

/** A LoRA adapter that is trained in place of the weights. */
export interface AdapterSettings {
  /** inner width of the two small matrices beside each layer */
  rank: number;
  /** the adapter's share: the product of its matrices counts alpha / rank times */
  alpha: number;
  /** share of the adapter's inputs that is dropped while training */
  dropout: number;
  /**
   * what gets one, by its name in a block: linear layers (q_proj), a router (gate), the experts'
   * tensors (experts.down_proj); left out: all linear layers of the blocks but routers, not the
   * experts' tensors
   */
  targets?: string[] | undefined;
}

/** A task and its settings. */
export type TaskSettings = TaskSettingsArithmetic | TaskSettingsGsm8k | TaskSettingsAqua | TaskSettingsEcqa | TaskSettingsGsm8kRank | TaskSettingsMmlu | TaskSettingsCustom;

/** generated multi-step word problems */
export interface TaskSettingsArithmetic {
  /** its name in ids, tables and charts; that of the task when left out */
  name?: string | undefined;
  /** train: trained on and evaluated; evaluate: evaluated only, out of distribution */
  use: "train" | "evaluate";
  /** its share in training beside other tasks, times its number of questions (see mixture) */
  weight: number;
  /** how a question is put to the model */
  prompt: PromptChoice;
  /** generated multi-step word problems */
  task: "arithmetic";
  /** training questions; with use: evaluate none are made but for examples (fewShot) */
  train: number;
  /** validation questions: settings are chosen on these */
  validation: number;
  /** test questions: reported, never tuned on */
  test: number;
  /** the questions depend on this and on the settings below, not on the run's seed */
  seed: number;
  /** [fewest, most] things that happen in a question; more of them, more steps */
  items: [number, number];
  /** [smallest, largest] of both numbers in '7 boxes of 4 keys' */
  multiplier: [number, number];
  /** [smallest, largest] number in 'finds 9 pens' and 'gives away 5 keys' */
  amount: [number, number];
  /** no result on the way is greater (or below 0): 99 keeps to two digits */
  maxTotal: number;
  /** multiply: buys 7 boxes of 4 keys; add: finds 9 pens; subtract: gives away 5 keys */
  operations: ("multiply" | "add" | "subtract")[];
  /**
   * clean: every step bears on the answer; labelled: each quantity is listed under its name first, so
   * that right answers with wrong reasoning are common (label noise)
   */
  form: "clean" | "labelled";
  /**
   * terse (when left out): few words, unlike things counted together; story: sentences as people
   * write them, about things of one kind
   */
  wording?: "terse" | "story" | undefined;
  /** how often a split may hold the same numbers and operations in other words or another order */
  repeats: number;
}

/** GSM8K: grade-school word problems */
export interface TaskSettingsGsm8k {
  /** its name in ids, tables and charts; that of the task when left out */
  name?: string | undefined;
  /** train: trained on and evaluated; evaluate: evaluated only, out of distribution */
  use: "train" | "evaluate";
  /** its share in training beside other tasks, times its number of questions (see mixture) */
  weight: number;
  /** how a question is put to the model */
  prompt: PromptChoice;
  /** GSM8K: grade-school word problems */
  task: "gsm8k";
  /**
   * JSON Lines of {question, answer} rows, the training split, relative to this file; when left out
   * that of `aft data get`
   */
  trainFile?: string | undefined;
  /**
   * JSON Lines of {question, answer} rows, the test split, relative to this file; when left out that
   * of `aft data get`
   */
  testFile?: string | undefined;
  /** use this many training questions; all when left out */
  train?: number | undefined;
  /** training questions set aside for choosing settings */
  validation: number;
  /** use this many test questions; all when left out */
  test?: number | undefined;
  /** of the references' calculator annotations, `<<48/2=24>>`: keep: as published; strip: left out */
  annotations: "keep" | "strip";
  /** which training questions are set aside and used */
  seed: number;
}

/** AQuA-RAT: algebra with five options */
export interface TaskSettingsAqua {
  /** its name in ids, tables and charts; that of the task when left out */
  name?: string | undefined;
  /** train: trained on and evaluated; evaluate: evaluated only, out of distribution */
  use: "train" | "evaluate";
  /** its share in training beside other tasks, times its number of questions (see mixture) */
  weight: number;
  /** how a question is put to the model */
  prompt: PromptChoice;
  /** AQuA-RAT: algebra with five options */
  task: "aqua";
  /**
   * JSON Lines of {question, options, rationale, correct} rows, the training split, relative to this
   * file; when left out that of `aft data get`
   */
  trainFile?: string | undefined;
  /**
   * JSON Lines of {question, options, rationale, correct} rows, the published dev split, which is the
   * validation split, relative to this file; when left out that of `aft data get`
   */
  devFile?: string | undefined;
  /**
   * JSON Lines of {question, options, rationale, correct} rows, the test split, relative to this
   * file; when left out that of `aft data get`
   */
  testFile?: string | undefined;
  /** use this many training questions; all when left out */
  train?: number | undefined;
  /** use this many dev questions; all when left out */
  validation?: number | undefined;
  /** use this many test questions; all when left out */
  test?: number | undefined;
  /** which training questions are used, where `train` takes some of them */
  seed: number;
}

/** ECQA: common sense with five options and explanations */
export interface TaskSettingsEcqa {
  /** its name in ids, tables and charts; that of the task when left out */
  name?: string | undefined;
  /** train: trained on and evaluated; evaluate: evaluated only, out of distribution */
  use: "train" | "evaluate";
  /** its share in training beside other tasks, times its number of questions (see mixture) */
  weight: number;
  /** how a question is put to the model */
  prompt: PromptChoice;
  /** ECQA: common sense with five options and explanations */
  task: "ecqa";
  /**
   * where ecqa.jsonl, author_split/ and cqa/ lie as published, relative to this file; when left out
   * that of `aft data get`
   */
  folder?: string | undefined;
  /** use this many training questions; all when left out */
  train?: number | undefined;
  /** use this many validation questions; all when left out */
  validation?: number | undefined;
  /** use this many test questions; all when left out */
  test?: number | undefined;
  /** which training questions are used, where `train` takes some of them */
  seed: number;
}

/** GSM8K questions whose candidates are ranked */
export interface TaskSettingsGsm8kRank {
  /** its name in ids, tables and charts; that of the task when left out */
  name?: string | undefined;
  /** train: trained on and evaluated; evaluate: evaluated only, out of distribution */
  use: "train" | "evaluate";
  /** its share in training beside other tasks, times its number of questions (see mixture) */
  weight: number;
  /** how a question is put to the model */
  prompt: PromptChoice;
  /** GSM8K questions whose candidates are ranked */
  task: "gsm8k-rank";
  /**
   * JSON Lines of {question, answer?, candidates} rows, each candidate with a rank or a score,
   * relative to this file
   */
  trainFile?: string | undefined;
  /**
   * GSM8K's training split, where rows without an answer find it by their question, relative to this
   * file; when left out that of `aft data get`
   */
  gsm8kTrainFile?: string | undefined;
  /** GSM8K's test split, relative to this file; when left out that of `aft data get` */
  testFile?: string | undefined;
  /** use this many training questions; all when left out */
  train?: number | undefined;
  /** training questions set aside for choosing settings */
  validation: number;
  /** use this many test questions; all when left out */
  test?: number | undefined;
  /**
   * names of what generated the candidates, the best first: ranks candidates that carry a `generator`
   * and no rank or score
   */
  generators?: string[] | undefined;
  /** which training questions are set aside and used */
  seed: number;
}

/** MMLU: 57 subjects with four options, out of distribution */
export interface TaskSettingsMmlu {
  /** its name in ids, tables and charts; that of the task when left out */
  name?: string | undefined;
  /** evaluate: it has no solutions to train on */
  use: "evaluate";
  /** its share in training beside other tasks, times its number of questions (see mixture) */
  weight: number;
  /** how a question is put to the model */
  prompt: PromptChoice;
  /** MMLU: 57 subjects with four options, out of distribution */
  task: "mmlu";
  /**
   * Parquet or JSON Lines of {question, subject, choices, answer} rows, relative to this file; when
   * left out that of `aft data get`
   */
  testFile?: string | undefined;
  /** only these subjects, such as high_school_physics; all 57 when left out */
  subjects?: string[] | undefined;
  /** use this many test questions; all when left out */
  test?: number | undefined;
  /** which questions are used, where `test` takes some of them */
  seed: number;
}

/** questions of your own: a column map over your files */
export interface TaskSettingsCustom {
  /** its name in ids, tables and charts; that of the task when left out */
  name?: string | undefined;
  /** train: trained on and evaluated; evaluate: evaluated only, out of distribution */
  use: "train" | "evaluate";
  /** its share in training beside other tasks, times its number of questions (see mixture) */
  weight: number;
  /** how a question is put to the model */
  prompt: PromptChoice;
  /** questions of your own: a column map over your files */
  task: "custom";
  /**
   * one file with all rows, shared out by `shares`: JSON Lines, JSON, CSV, TSV or Parquet, relative
   * to this file
   */
  file?: string | undefined;
  /** training rows: JSON Lines, JSON, CSV, TSV or Parquet, relative to this file */
  trainFile?: string | undefined;
  /** validation rows: JSON Lines, JSON, CSV, TSV or Parquet, relative to this file */
  validationFile?: string | undefined;
  /** test rows: JSON Lines, JSON, CSV, TSV or Parquet, relative to this file */
  testFile?: string | undefined;
  /** how `file` is shared out: equal questions go to one split together */
  shares: TaskSettingsCustomShares;
  /** which column holds what */
  columns: TaskSettingsCustomColumns;
  /** how a final answer is found in a text, and when two are the same */
  answer: TaskSettingsCustomAnswer;
  /**
   * append: each reference gets a last line `#### ANSWER`; keep: as it is, and it must have its
   * answer already
   */
  closing: "keep" | "append";
  /** use this many training questions; all when left out */
  train?: number | undefined;
  /**
   * use this many validation questions; without a validationFile or file: this many training
   * questions set aside
   */
  validation?: number | undefined;
  /** use this many test questions; all when left out */
  test?: number | undefined;
  /** which questions go to which split, and which are used */
  seed: number;
}

/** how `file` is shared out: equal questions go to one split together */
export interface TaskSettingsCustomShares {
  /** the share of `file` to choose settings on */
  validation: number;
  /** the share of `file` to report on */
  test: number;
}

/** which column holds what */
export interface TaskSettingsCustomColumns {
  /** the column of the question's text */
  question: string;
  /** the column of the final answer, or of a solution that ends in it */
  answer: string;
  /** the column of the solution that is trained on; none: evaluated only */
  reference?: string | undefined;
  /** the column that lists the options, or one column an option */
  choices?: string | string[] | undefined;
  /** the column of the row's id, unique within a split; counted when left out */
  id?: string | undefined;
}

/** how a final answer is found in a text, and when two are the same */
export type TaskSettingsCustomAnswer = TaskSettingsCustomAnswerNumber | TaskSettingsCustomAnswerGsm8kNumber | TaskSettingsCustomAnswerChoice | TaskSettingsCustomAnswerRegex;

/** a number in any usual form: fractions, percent, units, scientific, LaTeX */
export interface TaskSettingsCustomAnswerNumber {
  /** a number in any usual form: fractions, percent, units, scientific, LaTeX */
  kind: "number";
}

/** a decimal number, found by GSM8K's two patterns */
export interface TaskSettingsCustomAnswerGsm8kNumber {
  /** a decimal number, found by GSM8K's two patterns */
  kind: "gsm8k-number";
}

/** the letter of an option; needs columns.choices */
export interface TaskSettingsCustomAnswerChoice {
  /** the letter of an option; needs columns.choices */
  kind: "choice";
  /** rows give the option's number, counted from this; left out: its letter or its text */
  countFrom?: 0 | 1 | undefined;
}

/** what a pattern of your own captures, as text */
export interface TaskSettingsCustomAnswerRegex {
  /** what a pattern of your own captures, as text */
  kind: "regex";
  /** a JavaScript pattern; its one capture group is the answer */
  pattern: string;
  /** the pattern of the flexible mode; the same when left out */
  flexible?: string | undefined;
  /** which match counts; left out: strict the first, flexible the last */
  match?: "first" | "last" | undefined;
  /** upper and lower case are the same */
  ignoreCase?: boolean | undefined;
  /** what one text may take, beyond which it counts as not checked; default 250 */
  timeoutMs?: number | undefined;
}

/** How a question is put to the model. */
export type PromptChoice = "plain" | "alpaca" | "chat" | PromptChoiceTemplate | PromptChoiceText;

/**
 * plain: the task's own form; alpaca: an instruction and a response; chat: the model's own chat
 * template
 */
export interface PromptChoiceTemplate {
  /**
   * plain: the task's own form; alpaca: an instruction and a response; chat: the model's own chat
   * template
   */
  template: "plain" | "alpaca" | "chat";
  /** chat: the system message; alpaca: the sentence in front */
  system?: string | undefined;
  /** solved training questions in front of each question; they are not trained on */
  fewShot: number;
  /** texts that end a response, beside the end-of-sequence token */
  stop: string[];
}

/** a template of your own: {question} stands for the question */
export interface PromptChoiceText {
  /** a template of your own: {question} stands for the question */
  text: string;
  /** solved training questions in front of each question; they are not trained on */
  fewShot: number;
  /** texts that end a response, beside the end-of-sequence token */
  stop: string[];
}

/** The settings of each stage, in the order in which they run. */
export interface StageSettings {
  /** vanilla fine-tuning: maximum likelihood on the reference COTs */
  vft: TrainingSettings;
  /** sampling COTs from the VFT model */
  sample: StageSettingsSample;
  /** deciding by its final answer whether a COT is right */
  judge: StageSettingsJudge;
  /** the further training that every method gets; a method's `train` overrides it */
  align: TrainingSettings;
  /** what is measured on validation questions while a method trains */
  watch: StageSettingsWatch;
  /** measuring every method on held-out questions */
  evaluate: StageSettingsEvaluate;
}

/** sampling COTs from the VFT model */
export interface StageSettingsSample {
  /** how many training questions are sampled; all when left out */
  questions?: number | undefined;
  /** responses a question, before duplicates are dropped */
  k: number;
  /** of the samples; 1: the model's own distribution */
  temperature: number;
  /** nucleus sampling; 1: off, the model's own distribution */
  topP: number;
  /** a response that has not ended by then is cut off */
  maxNewTokens: number;
  /** of the samples; the run's own seed when left out */
  seed?: number | undefined;
}

/** deciding by its final answer whether a COT is right */
export interface StageSettingsJudge {
  /**
   * strict: the answer must stand in the task's own form (#### 42); flexible: what is stated in usual
   * words, or the last number
   */
  extract: "strict" | "flexible";
  /** binary: right or wrong by the final answer; ranked: each COT also gets a rank, by `ranking` */
  feedback: "binary" | "ranked";
  /**
   * what ranks go by under ranked feedback: steps (the default), score, reward, rank, or generators
   * by strength
   */
  ranking?: Ranking | undefined;
  /**
   * answer: a positive has the right final answer; answer-and-steps: and right steps, of which there
   * is at least one; where none could be read it is left out
   */
  label: Label;
  /**
   * groups of your own (JSON Lines), in the place of sampling and judging training questions;
   * relative to this file
   */
  groupsFile?: string | undefined;
}

/** what is measured on validation questions while a method trains */
export interface StageSettingsWatch {
  /** steps between two looks at held-out questions; 0: none */
  every: number;
  /** how many validation questions; as many as there are when there are fewer */
  questions: number;
  /** also decode greedily at each look, beside AAccuracy and perplexity */
  accuracy: boolean;
  /**
   * stop a method after this many looks without a better accuracy, and keep its best weights
   * (accuracy is then measured)
   */
  patience?: number | undefined;
}

/** measuring every method on held-out questions */
export interface StageSettingsEvaluate {
  /** choose settings on validation, report on test */
  split: "test" | "validation";
  /** how many questions of the split are used; all when left out */
  questions?: number | undefined;
  /** sampled responses a question, for AAccuracy, maj@k and pass@k */
  k: number;
  /** of the samples; 1: the model's own distribution */
  temperature: number;
  /** nucleus sampling; 1: off, the model's own distribution */
  topP: number;
  /** a response that has not ended by then is cut off */
  maxNewTokens: number;
  /** also decode greedily: the accuracy of the tables */
  greedy: boolean;
}

/** How a stage trains. */
export interface TrainingSettings {
  /** passes over the questions (3 by default); give epochs or steps */
  epochs?: number | undefined;
  /** optimizer steps; give epochs or steps */
  steps?: number | undefined;
  /** questions a step, whatever the micro-batching */
  batchSize: number;
  /** the highest learning rate, after the warm-up */
  learningRate: number;
  /** the learning rate over time */
  schedule: TrainingSettingsSchedule;
  /** AdamW */
  optimizer: TrainingSettingsOptimizer;
  /** batch questions of similar length: less padding, faster */
  lengthGrouped: boolean;
  /** steps between states from which a killed run goes on; 0: none; left out: one every two minutes */
  saveEvery?: number | undefined;
}

/** the learning rate over time */
export interface TrainingSettingsSchedule {
  /** how the learning rate falls after the warm-up */
  shape: "cosine" | "linear" | "constant";
  /** share of all steps in which the learning rate rises (0.03 by default) */
  warmupRatio?: number | undefined;
  /** the same in steps; give one of the two */
  warmupSteps?: number | undefined;
  /** last learning rate over the highest */
  minimumRatio: number;
}

/** AdamW */
export interface TrainingSettingsOptimizer {
  /** AdamW's decay rates of the two moments */
  betas: [number, number];
  /** AdamW's epsilon */
  epsilon: number;
  /** AdamW's decoupled weight decay */
  weightDecay: number;
  /** largest global gradient norm; 0: no clipping */
  clipNorm: number;
}

/** A method's own differences from `stages.align`. */
export interface TrainingChanges {
  /** passes over the questions (3 by default); give epochs or steps */
  epochs?: number | undefined;
  /** optimizer steps; give epochs or steps */
  steps?: number | undefined;
  /** questions a step, whatever the micro-batching */
  batchSize?: number | undefined;
  /** the highest learning rate, after the warm-up */
  learningRate?: number | undefined;
  /** the learning rate over time */
  schedule?: TrainingChangesSchedule | undefined;
  /** AdamW */
  optimizer?: TrainingChangesOptimizer | undefined;
  /** batch questions of similar length: less padding, faster */
  lengthGrouped?: boolean | undefined;
  /** steps between states from which a killed run goes on; 0: none; left out: one every two minutes */
  saveEvery?: number | undefined;
}

/** the learning rate over time */
export interface TrainingChangesSchedule {
  /** how the learning rate falls after the warm-up */
  shape?: "cosine" | "linear" | "constant" | undefined;
  /** share of all steps in which the learning rate rises (0.03 by default) */
  warmupRatio?: number | undefined;
  /** the same in steps; give one of the two */
  warmupSteps?: number | undefined;
  /** last learning rate over the highest */
  minimumRatio?: number | undefined;
}

/** AdamW */
export interface TrainingChangesOptimizer {
  /** AdamW's decay rates of the two moments */
  betas?: [number, number] | undefined;
  /** AdamW's epsilon */
  epsilon?: number | undefined;
  /** AdamW's decoupled weight decay */
  weightDecay?: number | undefined;
  /** largest global gradient norm; 0: no clipping */
  clipNorm?: number | undefined;
}

/** One way of going on from the VFT weights: a row of the report's table. */
export type MethodSettings = MethodSettingsKeep | MethodSettingsVft | MethodSettingsRft | MethodSettingsAft | MethodSettingsRrhf | MethodSettingsPro | MethodSettingsDpo | MethodSettingsSimpo | MethodSettingsIrpo | MethodSettingsDpop | MethodSettingsSimper | MethodSettingsNca | MethodSettingsInfonca | MethodSettingsKto | MethodSettingsReinforce | MethodSettingsGrpo | MethodSettingsNft;

/** no further training: evaluates the weights as they are */
export interface MethodSettingsKeep {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** no further training: evaluates the weights as they are */
  method: "keep";
}

/** the same further steps on the references only: the fair baseline */
export interface MethodSettingsVft {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** the same further steps on the references only: the fair baseline */
  method: "vft";
}

/** rejection-sampling fine-tuning (arXiv 2308.01825): references and accepted samples */
export interface MethodSettingsRft {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** rejection-sampling fine-tuning (arXiv 2308.01825): references and accepted samples */
  method: "rft";
  /** accept a sample only when every equation in it is true, not the answer alone */
  checkEquations: boolean;
}

/** alignment fine-tuning: VFT loss + weight * alignment loss */
export type MethodSettingsAft = MethodSettingsAftNone | MethodSettingsAftDetached | MethodSettingsAftBoundary | MethodSettingsAftRankedDetached | MethodSettingsAftRankedBoundary;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsAftNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /**
   * of a COT's log-probabilities, what its exponents are made of: the mean a token (left out: the
   * paper's), or the sum
   */
  scores?: "mean" | "sum" | undefined;
  /** of every exponent; left out: 1, the paper's. beta stays in mean scores */
  scale?: number | undefined;
  /** alignment fine-tuning: VFT loss + weight * alignment loss */
  method: "aft";
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsAftDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /**
   * of a COT's log-probabilities, what its exponents are made of: the mean a token (left out: the
   * paper's), or the sum
   */
  scores?: "mean" | "sum" | undefined;
  /** of every exponent; left out: 1, the paper's. beta stays in mean scores */
  scale?: number | undefined;
  /** alignment fine-tuning: VFT loss + weight * alignment loss */
  method: "aft";
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** worse COTs are held at beta below the lowest better one (BC) */
export interface MethodSettingsAftBoundary {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /**
   * of a COT's log-probabilities, what its exponents are made of: the mean a token (left out: the
   * paper's), or the sum
   */
  scores?: "mean" | "sum" | undefined;
  /** of every exponent; left out: 1, the paper's. beta stays in mean scores */
  scale?: number | undefined;
  /** alignment fine-tuning: VFT loss + weight * alignment loss */
  method: "aft";
  /**
   * distance of the boundary below the lowest better score, in mean log-probability: a number, auto
   * (from the VFT model's scores) or {search: [...]} on the validation split
   */
  beta: BoundaryBeta;
  /** no gradient through the boundary; false: it pushes the lowest better COT down */
  detachBoundary: boolean;
  /** worse COTs are held at beta below the lowest better one (BC) */
  constraint: "boundary";
}

/** for ranks: every pair of a better and a worse COT, the worse one detached */
export interface MethodSettingsAftRankedDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /**
   * of a COT's log-probabilities, what its exponents are made of: the mean a token (left out: the
   * paper's), or the sum
   */
  scores?: "mean" | "sum" | undefined;
  /** of every exponent; left out: 1, the paper's. beta stays in mean scores */
  scale?: number | undefined;
  /** alignment fine-tuning: VFT loss + weight * alignment loss */
  method: "aft";
  /** for ranks: every pair of a better and a worse COT, the worse one detached */
  constraint: "ranked-detached";
}

/** for ranks: each COT is held at beta below the lowest that ranks above it */
export interface MethodSettingsAftRankedBoundary {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /**
   * of a COT's log-probabilities, what its exponents are made of: the mean a token (left out: the
   * paper's), or the sum
   */
  scores?: "mean" | "sum" | undefined;
  /** of every exponent; left out: 1, the paper's. beta stays in mean scores */
  scale?: number | undefined;
  /** alignment fine-tuning: VFT loss + weight * alignment loss */
  method: "aft";
  /**
   * distance of the boundary below the lowest better score, in mean log-probability: a number, auto
   * (from the VFT model's scores) or {search: [...]} on the validation split
   */
  beta: BoundaryBeta;
  /** no gradient through the boundary; false: it pushes the lowest better COT down */
  detachBoundary: boolean;
  /** for ranks: each COT is held at beta below the lowest that ranks above it */
  constraint: "ranked-boundary";
}

/** RRHF (arXiv 2304.05302): a hinge on every pair in the wrong order, and VFT */
export type MethodSettingsRrhf = MethodSettingsRrhfNone | MethodSettingsRrhfDetached | MethodSettingsRrhfBoundary;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsRrhfNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** RRHF (arXiv 2304.05302): a hinge on every pair in the wrong order, and VFT */
  method: "rrhf";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /**
   * what the VFT loss beside it trains on: the reference COT; or, as the released code, the
   * best-ranked COT (none is: the reference)
   */
  target: "reference" | "best";
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsRrhfDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** RRHF (arXiv 2304.05302): a hinge on every pair in the wrong order, and VFT */
  method: "rrhf";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /**
   * what the VFT loss beside it trains on: the reference COT; or, as the released code, the
   * best-ranked COT (none is: the reference)
   */
  target: "reference" | "best";
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** worse COTs are held at beta below the lowest better one (BC) */
export interface MethodSettingsRrhfBoundary {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** RRHF (arXiv 2304.05302): a hinge on every pair in the wrong order, and VFT */
  method: "rrhf";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /**
   * what the VFT loss beside it trains on: the reference COT; or, as the released code, the
   * best-ranked COT (none is: the reference)
   */
  target: "reference" | "best";
  /**
   * distance of the boundary below the lowest better score, in mean log-probability: a number, auto
   * (from the VFT model's scores) or {search: [...]} on the validation split
   */
  beta: BoundaryBeta;
  /** worse COTs are held at beta below the lowest better one (BC) */
  constraint: "boundary";
}

/** PRO (arXiv 2306.17492): each COT against all that rank below it, and VFT */
export type MethodSettingsPro = MethodSettingsProNone | MethodSettingsProDetached | MethodSettingsProBoundary;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsProNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** PRO (arXiv 2306.17492): each COT against all that rank below it, and VFT */
  method: "pro";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /**
   * what the VFT loss beside it trains on: the reference COT; or, as the released code, the
   * best-ranked COT (none is: the reference)
   */
  target: "reference" | "best";
  /**
   * COTs of equal reward: left out of each other's sums; or, as the released code, exp(0) = 1 in the
   * sum of the first of each two
   */
  ties: "omitted" | "counted";
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsProDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** PRO (arXiv 2306.17492): each COT against all that rank below it, and VFT */
  method: "pro";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /**
   * what the VFT loss beside it trains on: the reference COT; or, as the released code, the
   * best-ranked COT (none is: the reference)
   */
  target: "reference" | "best";
  /**
   * COTs of equal reward: left out of each other's sums; or, as the released code, exp(0) = 1 in the
   * sum of the first of each two
   */
  ties: "omitted" | "counted";
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** worse COTs are held at beta below the lowest better one (BC) */
export interface MethodSettingsProBoundary {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** PRO (arXiv 2306.17492): each COT against all that rank below it, and VFT */
  method: "pro";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /**
   * what the VFT loss beside it trains on: the reference COT; or, as the released code, the
   * best-ranked COT (none is: the reference)
   */
  target: "reference" | "best";
  /**
   * COTs of equal reward: left out of each other's sums; or, as the released code, exp(0) = 1 in the
   * sum of the first of each two
   */
  ties: "omitted" | "counted";
  /**
   * distance of the boundary below the lowest better score, in mean log-probability: a number, auto
   * (from the VFT model's scores) or {search: [...]} on the validation split
   */
  beta: BoundaryBeta;
  /** worse COTs are held at beta below the lowest better one (BC) */
  constraint: "boundary";
}

/** DPO (arXiv 2305.18290): pairs, against the weights it starts from */
export type MethodSettingsDpo = MethodSettingsDpoNone | MethodSettingsDpoDetached | MethodSettingsDpoBoundary;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsDpoNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** DPO (arXiv 2305.18290): pairs, against the weights it starts from */
  method: "dpo";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** DPO's own beta: how strongly it is held to the reference model */
  beta: number;
  /** all pairs of a better and a worse COT of a question, or one drawn at random */
  pairs: "all" | "one";
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsDpoDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** DPO (arXiv 2305.18290): pairs, against the weights it starts from */
  method: "dpo";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** DPO's own beta: how strongly it is held to the reference model */
  beta: number;
  /** all pairs of a better and a worse COT of a question, or one drawn at random */
  pairs: "all" | "one";
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** worse COTs are held at beta below the lowest better one (BC) */
export interface MethodSettingsDpoBoundary {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** DPO (arXiv 2305.18290): pairs, against the weights it starts from */
  method: "dpo";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** DPO's own beta: how strongly it is held to the reference model */
  beta: number;
  /** all pairs of a better and a worse COT of a question, or one drawn at random */
  pairs: "all" | "one";
  /**
   * distance of the boundary below the lowest better score, in mean log-probability: a number, auto
   * (from the VFT model's scores) or {search: [...]} on the validation split
   */
  boundaryBeta: BoundaryBeta;
  /** worse COTs are held at beta below the lowest better one (BC) */
  constraint: "boundary";
}

/** SimPO (arXiv 2405.14734): pairs of mean scores with a margin, without a reference model */
export type MethodSettingsSimpo = MethodSettingsSimpoNone | MethodSettingsSimpoDetached | MethodSettingsSimpoBoundary;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsSimpoNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** SimPO (arXiv 2405.14734): pairs of mean scores with a margin, without a reference model */
  method: "simpo";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** SimPO's own beta: the scale of a difference of scores */
  beta: number;
  /** gamma / beta: how far (nats a token) the better score is to lie above the worse */
  margin: number;
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsSimpoDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** SimPO (arXiv 2405.14734): pairs of mean scores with a margin, without a reference model */
  method: "simpo";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** SimPO's own beta: the scale of a difference of scores */
  beta: number;
  /** gamma / beta: how far (nats a token) the better score is to lie above the worse */
  margin: number;
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** worse COTs are held at beta below the lowest better one (BC) */
export interface MethodSettingsSimpoBoundary {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** SimPO (arXiv 2405.14734): pairs of mean scores with a margin, without a reference model */
  method: "simpo";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** SimPO's own beta: the scale of a difference of scores */
  beta: number;
  /** gamma / beta: how far (nats a token) the better score is to lie above the worse */
  margin: number;
  /**
   * distance of the boundary below the lowest better score, in mean log-probability: a number, auto
   * (from the VFT model's scores) or {search: [...]} on the validation split
   */
  boundaryBeta: BoundaryBeta;
  /** worse COTs are held at beta below the lowest better one (BC) */
  constraint: "boundary";
}

/** IRPO (arXiv 2404.19733): DPO, and the likelihood of the better COT of each pair */
export type MethodSettingsIrpo = MethodSettingsIrpoNone | MethodSettingsIrpoDetached | MethodSettingsIrpoBoundary;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsIrpoNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** IRPO (arXiv 2404.19733): DPO, and the likelihood of the better COT of each pair */
  method: "irpo";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** DPO's own beta: how strongly it is held to the reference model */
  beta: number;
  /** of the better COT's negative log-likelihood a token beside DPO's loss */
  alpha: number;
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsIrpoDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** IRPO (arXiv 2404.19733): DPO, and the likelihood of the better COT of each pair */
  method: "irpo";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** DPO's own beta: how strongly it is held to the reference model */
  beta: number;
  /** of the better COT's negative log-likelihood a token beside DPO's loss */
  alpha: number;
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** worse COTs are held at beta below the lowest better one (BC) */
export interface MethodSettingsIrpoBoundary {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** IRPO (arXiv 2404.19733): DPO, and the likelihood of the better COT of each pair */
  method: "irpo";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** DPO's own beta: how strongly it is held to the reference model */
  beta: number;
  /** of the better COT's negative log-likelihood a token beside DPO's loss */
  alpha: number;
  /**
   * distance of the boundary below the lowest better score, in mean log-probability: a number, auto
   * (from the VFT model's scores) or {search: [...]} on the validation split
   */
  boundaryBeta: BoundaryBeta;
  /** worse COTs are held at beta below the lowest better one (BC) */
  constraint: "boundary";
}

/** DPO-Positive (arXiv 2402.13228): DPO, with a penalty where the better COT grows less likely */
export type MethodSettingsDpop = MethodSettingsDpopNone | MethodSettingsDpopDetached | MethodSettingsDpopBoundary;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsDpopNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** DPO-Positive (arXiv 2402.13228): DPO, with a penalty where the better COT grows less likely */
  method: "dpop";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** DPO's own beta: how strongly it is held to the reference model */
  beta: number;
  /** lambda: how hard a better COT is pulled up that is less likely than under the reference model */
  penalty: number;
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsDpopDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** DPO-Positive (arXiv 2402.13228): DPO, with a penalty where the better COT grows less likely */
  method: "dpop";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** DPO's own beta: how strongly it is held to the reference model */
  beta: number;
  /** lambda: how hard a better COT is pulled up that is less likely than under the reference model */
  penalty: number;
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** worse COTs are held at beta below the lowest better one (BC) */
export interface MethodSettingsDpopBoundary {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** DPO-Positive (arXiv 2402.13228): DPO, with a penalty where the better COT grows less likely */
  method: "dpop";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** DPO's own beta: how strongly it is held to the reference model */
  beta: number;
  /** lambda: how hard a better COT is pulled up that is less likely than under the reference model */
  penalty: number;
  /**
   * distance of the boundary below the lowest better score, in mean log-probability: a number, auto
   * (from the VFT model's scores) or {search: [...]} on the validation split
   */
  boundaryBeta: BoundaryBeta;
  /** worse COTs are held at beta below the lowest better one (BC) */
  constraint: "boundary";
}

/** SimPER (arXiv 2502.00883): pairs of inverse perplexities, without a setting of its own */
export type MethodSettingsSimper = MethodSettingsSimperNone | MethodSettingsSimperDetached;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsSimperNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** SimPER (arXiv 2502.00883): pairs of inverse perplexities, without a setting of its own */
  method: "simper";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsSimperDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** SimPER (arXiv 2502.00883): pairs of inverse perplexities, without a setting of its own */
  method: "simper";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** NCA (arXiv 2402.05369): the likelihood of each COT by its reward, against the weights it starts from */
export type MethodSettingsNca = MethodSettingsNcaNone | MethodSettingsNcaDetached;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsNcaNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** NCA (arXiv 2402.05369): the likelihood of each COT by its reward, against the weights it starts from */
  method: "nca";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** NCA's own beta: how strongly it is held to the reference model */
  beta: number;
  /** of the softmax over the rewards (1 for right, 0 for wrong) */
  temperature: number;
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsNcaDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** NCA (arXiv 2402.05369): the likelihood of each COT by its reward, against the weights it starts from */
  method: "nca";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** NCA's own beta: how strongly it is held to the reference model */
  beta: number;
  /** of the softmax over the rewards (1 for right, 0 for wrong) */
  temperature: number;
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** InfoNCA (arXiv 2402.05369): the COTs of a question against each other, by their rewards */
export type MethodSettingsInfonca = MethodSettingsInfoncaNone | MethodSettingsInfoncaDetached;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsInfoncaNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** InfoNCA (arXiv 2402.05369): the COTs of a question against each other, by their rewards */
  method: "infonca";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** NCA's own beta: how strongly it is held to the reference model */
  beta: number;
  /** of the softmax over the rewards (1 for right, 0 for wrong) */
  temperature: number;
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsInfoncaDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** InfoNCA (arXiv 2402.05369): the COTs of a question against each other, by their rewards */
  method: "infonca";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** NCA's own beta: how strongly it is held to the reference model */
  beta: number;
  /** of the softmax over the rewards (1 for right, 0 for wrong) */
  temperature: number;
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** KTO (arXiv 2402.01306): each COT by itself, right or wrong, against the weights it starts from */
export type MethodSettingsKto = MethodSettingsKtoNone | MethodSettingsKtoDetached;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsKtoNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** KTO (arXiv 2402.01306): each COT by itself, right or wrong, against the weights it starts from */
  method: "kto";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** KTO's own beta: how strongly it is held to the reference model */
  beta: number;
  /** lambda_D: of right COTs */
  desirableWeight: number;
  /** lambda_U: of wrong COTs */
  undesirableWeight: number;
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsKtoDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** KTO (arXiv 2402.01306): each COT by itself, right or wrong, against the weights it starts from */
  method: "kto";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** KTO's own beta: how strongly it is held to the reference model */
  beta: number;
  /** lambda_D: of right COTs */
  desirableWeight: number;
  /** lambda_U: of wrong COTs */
  undesirableWeight: number;
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** weighted REINFORCE (arXiv 2506.01347): right COTs up, wrong ones down; NSR with positiveWeight 0 */
export type MethodSettingsReinforce = MethodSettingsReinforceNone | MethodSettingsReinforceDetached;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsReinforceNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** weighted REINFORCE (arXiv 2506.01347): right COTs up, wrong ones down; NSR with positiveWeight 0 */
  method: "reinforce";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** lambda: of right COTs beside wrong ones; 0: wrong ones alone (NSR) */
  positiveWeight: number;
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsReinforceDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** weighted REINFORCE (arXiv 2506.01347): right COTs up, wrong ones down; NSR with positiveWeight 0 */
  method: "reinforce";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** lambda: of right COTs beside wrong ones; 0: wrong ones alone (NSR) */
  positiveWeight: number;
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** offline GRPO (arXiv 2402.03300): each COT by its advantage over its question's mean reward */
export type MethodSettingsGrpo = MethodSettingsGrpoNone | MethodSettingsGrpoDetached;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsGrpoNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** offline GRPO (arXiv 2402.03300): each COT by its advantage over its question's mean reward */
  method: "grpo";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** advantages by the standard deviation of the question's rewards; false: Dr. GRPO */
  divideByDeviation: boolean;
  /** log-probabilities by the COT's tokens; false: Dr. GRPO */
  divideByLength: boolean;
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsGrpoDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** offline GRPO (arXiv 2402.03300): each COT by its advantage over its question's mean reward */
  method: "grpo";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** advantages by the standard deviation of the question's rewards; false: Dr. GRPO */
  divideByDeviation: boolean;
  /** log-probabilities by the COT's tokens; false: Dr. GRPO */
  divideByLength: boolean;
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/** NFT (arXiv 2505.18116): token by token, against the weights it starts from */
export type MethodSettingsNft = MethodSettingsNftNone | MethodSettingsNftDetached;

/** worse COTs are pushed down without a limit */
export interface MethodSettingsNftNone {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** NFT (arXiv 2505.18116): token by token, against the weights it starts from */
  method: "nft";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** nu: of wrong COTs; 0: right ones alone, as RFT */
  negativeWeight: number;
  /**
   * what stands in a wrong token's logarithm is at least this; with 1 the force on it grows as R,
   * else without a limit near R = 1/p
   */
  epsilon: number;
  /** of a question with a share p of right COTs: hard 1 - p, deviation sqrt((1 - p) / p), none 1 */
  promptWeight: "hard" | "deviation" | "none";
  /** over the batch's tokens, or over each COT's tokens and then over COTs */
  average: "token" | "response";
  /** worse COTs are pushed down without a limit */
  constraint: "none";
}

/** worse COTs get no gradient (DC) */
export interface MethodSettingsNftDetached {
  /** the name in tables and charts */
  label?: string | undefined;
  /** the weights it starts from: those after VFT, or the base model */
  start: "vft" | "base";
  /** settings that differ from stages.align, for this method only */
  train?: TrainingChanges | undefined;
  /** of the method's own loss beside the VFT loss */
  weight: number;
  /** count the reference COT among the positives (under ranks: among the best) too */
  referenceAsPositive: boolean;
  /** NFT (arXiv 2505.18116): token by token, against the weights it starts from */
  method: "nft";
  /** of the VFT loss on the reference beside it */
  vftWeight: number;
  /** nu: of wrong COTs; 0: right ones alone, as RFT */
  negativeWeight: number;
  /**
   * what stands in a wrong token's logarithm is at least this; with 1 the force on it grows as R,
   * else without a limit near R = 1/p
   */
  epsilon: number;
  /** of a question with a share p of right COTs: hard 1 - p, deviation sqrt((1 - p) / p), none 1 */
  promptWeight: "hard" | "deviation" | "none";
  /** over the batch's tokens, or over each COT's tokens and then over COTs */
  average: "token" | "response";
  /** worse COTs get no gradient (DC) */
  constraint: "detached";
}

/**
 * How far the boundary lies below the lowest better score (mean log-probability): a number, worked
 * out, or searched.
 */
export type BoundaryBeta = number | "auto" | BoundaryBetaSearch;

/** values to try; each is trained, and validation accuracy decides */
export interface BoundaryBetaSearch {
  /** values to try; each is trained, and validation accuracy decides */
  search: number[];
  /** how many validation questions decide; all when left out */
  questions?: number | undefined;
}

/** What ranked feedback goes by. */
export type Ranking = "steps" | "score" | "reward" | "rank" | RankingGenerators;

/** the models that the candidates' `generator` names, the best first */
export interface RankingGenerators {
  /** the models that the candidates' `generator` names, the best first */
  generators: string[];
  /** the reference COT becomes a candidate, above all generators */
  reference: boolean;
}

/**
 * What makes a COT a positive. answer: its final answer is right; answer-and-steps: and every step
 * that the task checks is, of which there must be one.
 */
export type Label = "answer" | "answer-and-steps";

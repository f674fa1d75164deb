// Generated from the zod schemas by `npm run generate`. Do not edit.

/** report.json: every number of a run. */
export interface RunSummary {
  /** of this form of report.json */
  schemaVersion: 1;
  /** the experiment's name */
  name: string;
  /** what the experiment asks */
  description?: string | undefined;
  /** ISO 8601 */
  finishedAt: string;
  /** on which device the run was made */
  device: string;
  /** the whole experiment was run once for each */
  seeds: number[];
  /** draws of every bootstrap */
  resamples: number;
  /** which questions everything is measured on */
  split: "train" | "validation" | "test";
  /** over the questions of all trained tasks, pooled: each question counts once */
  methods: MethodSummary[];
  /** each task apart, those that are evaluated only (out of distribution) too */
  tasks: TaskSummary[];
  /** each trained task counts once; only there where there are several */
  macro?: RunSummaryMacro | undefined;
  /** how each task's questions are put */
  prompts?: PromptInfo[] | undefined;
  /** is the score a good assessor? by method; older reports have none */
  reliability?: Reliability[] | undefined;
  /** greedy answers against votes of samples; only with samples */
  selfConsistency?: SelfConsistency | undefined;
  /** accuracy by steps; only where questions differ in them */
  difficulty?: Difficulty | undefined;
  /** what the methods learned from, seed by seed */
  trainGroups: RunSummaryTrainGroup[];
  /** boundaries, looks and warnings, by method and seed */
  training: TrainedArm[];
  /** what the numbers say, in words */
  diagnostics: Diagnostic[];
  /** every stage with its time and memory */
  stages: StageRun[];
  /** what the run took, by stage and by method */
  cost?: Cost | undefined;
  /** weights, data and command; older reports have none */
  provenance?: Provenance | undefined;
  /** of packages and languages, by name */
  versions: Record<string, string>;
  /** the whole experiment, every default filled in */
  configYaml: string;
  /** what became of the answers: training samples, then greedy answers by method */
  answers: RunSummaryAnswer[];
  /** every round of training by itself; only where there are several */
  rounds?: RoundsSummary | undefined;
}

/** each trained task counts once; only there where there are several */
export interface RunSummaryMacro {
  /** the tasks that the means are over */
  tasks: string[];
  /** means over the tasks, intervals put together from the tasks'; mcnemar does not apply and is empty */
  methods: Measured[];
}

/** what the methods learned from, seed by seed */
export interface RunSummaryTrainGroup {
  /** the experiment's seed */
  seed: number;
  /** what the judge counted, by its name */
  counts: Record<string, number>;
  /** training questions with samples */
  groups: number;
  /** their samples */
  candidates: number;
  /** groups with a right and a wrong sample */
  withPair: number;
  /** groups without a right sample: VFT loss only */
  withoutPositive: number;
  /** groups without a wrong sample: VFT loss only */
  withoutNegative: number;
  /** a right answer by wrong steps counts as wrong */
  labelledBySteps: boolean;
  /** samples with a right answer whose steps were checked */
  rightAnswers: number;
  /** of those: with a wrong step */
  rightAnswersWrongSteps: number;
  /** samples with a wrong answer whose steps were checked */
  wrongAnswers: number;
  /** of those: with right steps only */
  wrongAnswersRightSteps: number;
}

/** what became of the answers: training samples, then greedy answers by method */
export interface RunSummaryAnswer {
  /** with the right answer */
  right: number;
  /** with another answer */
  wrong: number;
  /** that state an answer which the rule does not understand */
  unparsed: number;
  /** that state several answers */
  ambiguous: number;
  /** that state none, or none that is known to be one */
  notStated: number;
  /** too long, or not judged to the end in the time there is */
  notJudged: number;
  /** of right and wrong: where a published pattern reads otherwise than the text states */
  partlyRead: number;
  /** whose texts: the samples that are trained on, or a method's */
  label: string;
  /** the name of the method that it is about */
  method?: string | undefined;
  /** of what was not understood, the first of each kind */
  examples: RunSummaryAnswerExample[];
}

/** of what was not understood, the first of each kind */
export interface RunSummaryAnswerExample {
  /** the question's id */
  questionId: string;
  /** what was stated and not understood */
  stated: string;
  /** what was taken for the answer instead */
  extracted: string | null;
  /** the question's answer */
  answer: string;
}

/** One method: its settings, its numbers, and how they differ from the baselines. */
export interface MethodSummary {
  /** the method's name in the experiment */
  name: string;
  /** its name in tables and charts */
  label: string;
  /** its numbers */
  metrics: Metrics;
  /** greedy accuracy by both rules of extraction; `accuracy` is one of them */
  byMode?: MethodSummaryByMode | undefined;
  /** against each baseline that is there */
  comparisons: Comparison[];
  /**
   * its kind: keep, vft, rft, aft, rrhf, pro, dpo, simpo, irpo, dpop, simper, nca, infonca, kto,
   * reinforce, grpo or nft
   */
  method: string;
  /** the part it plays in the comparison */
  role: "kept" | "continued" | "rft" | "unconstrained" | "detached" | "boundary" | "other";
  /** as the experiment gives them */
  settings: Record<string, unknown>;
  /** samples a question: the k of majority and passAtMost */
  k: number;
  /** pass@j by j, from 1 to k: the unbiased estimator */
  passAtK: Record<string, number | null>;
  /** what the numbers are over, summed over the seeds */
  counts: MethodSummaryCounts;
}

/** greedy accuracy by both rules of extraction; `accuracy` is one of them */
export interface MethodSummaryByMode {
  /** the answer stands in the task's own form */
  strict: Metric;
  /** the answer stands anywhere */
  flexible: Metric;
  /** flexible minus strict, of the same texts; older reports have none */
  difference?: Difference | undefined;
}

/** what the numbers are over, summed over the seeds */
export interface MethodSummaryCounts {
  /** of the split that is measured on */
  questions: number;
  /** its own samples on them */
  samples: number;
  /** questions whose samples of the VFT model it scored */
  heldOutQuestions: number;
  /** of those: with a right and a wrong sample */
  heldOutQuestionsWithPair: number;
  /** of a right and a wrong sample of one question */
  pairs: number;
  /** greedy answers in which no final answer was found */
  greedyWithoutAnswer: number;
  /** greedy answers that had not ended at the length limit */
  greedyCutOff: number;
  /** samples in which no final answer was found */
  samplesWithoutAnswer: number;
  /** right samples whose steps were checked */
  rightAnswers: number;
  /** of those: with a wrong step */
  rightAnswersWrongSteps: number;
  /** samples with an answer that is wrong, whose steps were checked */
  wrongAnswers: number;
  /** of those: with right steps only */
  wrongAnswersRightSteps: number;
}

/** The metrics that every method is measured by. */
export type MetricName = "accuracy" | "sampledAccuracy" | "majority" | "passAtMost" | "assessmentMicro" | "assessmentMacro" | "perplexityPositive" | "perplexityNegative";

/** What a method is measured by. */
export interface Metrics {
  /** share of the questions that are answered rightly by greedy decoding */
  accuracy: Metric;
  /** share of the samples at the experiment's temperature whose answer is right */
  sampledAccuracy: Metric;
  /** share right by the most frequent answer of k samples; tied winners count by their expectation */
  majority: Metric;
  /** share of the questions with a right answer among k samples */
  passAtMost: Metric;
  /** share of (right, wrong) pairs in which the right one has the higher score, pooled over pairs */
  assessmentMicro: Metric;
  /** the same, averaged over questions */
  assessmentMacro: Metric;
  /** exp(-score), averaged over the right solutions */
  perplexityPositive: Metric;
  /** exp(-score), averaged over the wrong solutions */
  perplexityNegative: Metric;
}

/** One number of one method: its value, interval and count, and the same for each seed. */
export interface Metric {
  /** mean over the seeds */
  value: number | null;
  /**
   * 95 %, for the questions being a sample; null for under 5 questions (Wilson's: for none), and for
   * a perplexity that all questions agree in
   */
  interval: Interval | null;
  /**
   * bootstrap: percentile, over questions, of the mean over the seeds (of a share that all questions
   * agree in: Wilson's for none of them departing from it); tasks: the tasks' intervals put together
   */
  intervalMethod: "wilson" | "bootstrap" | "tasks";
  /** the same for each seed */
  perSeed: MetricPerSeed[];
  /** mean, std (n - 1), Student's 95 %; null for one seed */
  overSeeds: OverSeeds | null;
}

/** the same for each seed */
export interface MetricPerSeed {
  /** the experiment's seed */
  seed: number;
  /** with this seed; null where there is nothing to measure */
  value: number | null;
  /** what stands below the line: questions, samples, pairs or candidates */
  n: number;
  /** 95 %, of this seed alone */
  interval: Interval | null;
}

/** Both ends of an interval, in the unit of what it is about. */
export interface Interval {
  /** the lower end */
  low: number;
  /** the upper end */
  high: number;
}

/** Mean, sample standard deviation (n - 1) and Student's 95 % interval of the mean, over seeds. */
export interface OverSeeds {
  /** over the seeds */
  mean: number;
  /** sample standard deviation (n - 1) */
  std: number;
  /** the lower end */
  low: number;
  /** the upper end */
  high: number;
}

/** A method against a baseline, metric by metric. */
export interface Comparison {
  /** the name of the method that it is compared with */
  baseline: string;
  /** the baseline's part in the comparison */
  role: "continued" | "kept";
  /** this method minus the baseline, metric by metric */
  differences: Differences;
  /** McNemar's test of greedy accuracy, seed by seed */
  mcnemar: ComparisonMcnemar[];
}

/** McNemar's test of greedy accuracy, seed by seed */
export interface ComparisonMcnemar {
  /** the experiment's seed */
  seed: number;
  /** questions that this method alone answers rightly (greedy) */
  onlyThis: number;
  /** questions that the baseline alone answers rightly */
  onlyBaseline: number;
  /** exact, two-sided */
  p: number;
}

/** A method minus a baseline. */
export interface Differences {
  /** share of the questions that are answered rightly by greedy decoding */
  accuracy: Difference;
  /** share of the samples at the experiment's temperature whose answer is right */
  sampledAccuracy: Difference;
  /** share right by the most frequent answer of k samples; tied winners count by their expectation */
  majority: Difference;
  /** share of the questions with a right answer among k samples */
  passAtMost: Difference;
  /** share of (right, wrong) pairs in which the right one has the higher score, pooled over pairs */
  assessmentMicro: Difference;
  /** the same, averaged over questions */
  assessmentMacro: Difference;
  /** exp(-score), averaged over the right solutions */
  perplexityPositive: Difference;
  /** exp(-score), averaged over the wrong solutions */
  perplexityNegative: Difference;
}

/** A metric of one method minus that of a baseline, on the same questions. */
export interface Difference {
  /** this method minus the baseline, mean over the seeds */
  value: number | null;
  /**
   * paired bootstrap over questions, 95 %; of a share in which no question differs, what Wilson's
   * limit for none leaves open
   */
  interval: Interval | null;
  /** of the seeds' own differences; null for one seed */
  overSeeds: OverSeeds | null;
  /**
   * by itself, not among many: no interval that there is (over questions, over the seeds) includes 0,
   * and p, where there is one, is below .05
   */
  clear: boolean;
  /**
   * two-sided, paired sign-flip permutation test over questions, a question's seeds one unit (greedy
   * accuracy of one seed: McNemar's, which is the same); null for metrics that are not tested
   */
  p: number | null;
  /** p after Holm's adjustment over all methods compared with this baseline */
  pHolm: number | null;
  /**
   * what the verdict goes by: 95 % for all methods compared with this baseline together, with 0 where
   * pHolm does not rule it out, and with overSeeds; only of what is tested, and none in older reports
   */
  simultaneous?: Interval | null | undefined;
}

/** What is measured of a method on any set of questions. */
export interface Measured {
  /** the method's name in the experiment */
  name: string;
  /** its name in tables and charts */
  label: string;
  /** its numbers */
  metrics: Metrics;
  /** greedy accuracy by both rules of extraction; `accuracy` is one of them */
  byMode?: MethodSummaryByMode | undefined;
  /** against each baseline that is there */
  comparisons: Comparison[];
}

/** A task of the run, and every method on its test questions. */
export interface TaskSummary {
  /** the task's name in the experiment */
  name: string;
  /** train: trained on and evaluated; evaluate: evaluated only */
  use: "train" | "evaluate";
  /** the rule that decides what is correct */
  extract?: "strict" | "flexible" | undefined;
  /** what each rule looks for, as it stands in the code */
  patterns?: Record<"strict" | "flexible", string> | undefined;
  /** of the split that is measured on */
  questions: number;
  /** on this task alone; pHolm is adjusted for all methods on all tasks */
  methods: Measured[];
}

/** Something that the numbers say, in words. */
export interface Diagnostic {
  /** what was looked at */
  id: "overfit-to-assessing" | "positives-less-likely" | "warned-while-training" | "gain-over-continued-vft" | "unequal-training" | "out-of-distribution" | "few-questions" | "memorised-training" | "groups-without-pair" | "right-by-wrong-steps" | "wrong-by-right-steps" | "answers-not-in-form" | "unreadable-output" | "unparsed-answers";
  /** how much it matters */
  level: "fine" | "note" | "warning";
  /** the name of the method that it is about */
  method?: string | undefined;
  /** what was found, in a sentence or two */
  text: string;
  /** the numbers that it rests on */
  evidence: Record<string, number | null>;
}

/** A share of questions by how many samples each of them has. */
export interface ShareBySize {
  /** in [0, 1]; null where n is 0 */
  value: number | null;
  /** 95 % */
  interval: Interval | null;
  /** what it is a share of */
  n: number;
  /** j: how many samples are used */
  size: number;
}

/** A share of questions, or of whatever is counted. */
export interface Share {
  /** in [0, 1]; null where n is 0 */
  value: number | null;
  /** 95 % */
  interval: Interval | null;
  /** what it is a share of */
  n: number;
}

/** A task of the experiment: trained on and evaluated, or evaluated only (out of distribution). */
export interface TaskInfo {
  /** the task's name in the experiment */
  name: string;
  /** train: trained on and evaluated; evaluate: evaluated only */
  use: "train" | "evaluate";
  /** the rule that decides what is correct */
  extract?: "strict" | "flexible" | undefined;
  /** what each rule looks for, as it stands in the code */
  patterns?: Record<"strict" | "flexible", string> | undefined;
}

/** How the questions of a task are put to the model, and one of them as the model got it. */
export interface PromptInfo {
  /** the task's name in the experiment */
  task: string;
  /** the name of the template */
  template?: string | undefined;
  /** SHA-256: equal prompts, equal digest */
  digest: string;
  /** the first prompt, word by word */
  first: string;
}

/** One stage of the run, as its artefact tells it. */
export interface StageRun {
  /** create, vft, sample, judge, align, evaluate, ... */
  stage: string;
  /** the method's name; none where all share the stage */
  method?: string | undefined;
  /** where there are several */
  task?: string | undefined;
  /** 0: shared by all seeds */
  seed: number;
  /** of work, those before an interruption included */
  seconds: number;
  /** trained on, sampled or scored */
  tokens?: number | undefined;
  /** the worker's highest main memory from its start to this stage's end */
  peakResidentBytes?: number | undefined;
  /** likewise, of all accelerators */
  peakAcceleratorBytes?: number | undefined;
  /** made before, by this experiment or another */
  reused: boolean;
  /** its folder, relative to the run's */
  artefact: string;
}

/** From what a run came, so that another can say whether theirs is the same. */
export interface Provenance {
  /** makes this run again from the configuration */
  command: string;
  /** the model that VFT began from, where it was not made here */
  base?: string | undefined;
  /** what the model is, in words, where it was made here */
  model?: string | undefined;
  /** that VFT may learn from, of the first seed */
  vftQuestions?: number | undefined;
  /** of the weights that were made or trained here (an adapter's alone, where there is one) */
  weights: ProvenanceWeight[];
  /** what drew the samples and the greedy answers; older runs do not tell */
  samplers?: ProvenanceSampler[] | undefined;
  /** the task's own files by their field, and the questions that were made of them */
  data: ProvenanceData[];
}

/** of the weights that were made or trained here (an adapter's alone, where there is one) */
export interface ProvenanceWeight {
  /** the method, VFT, or the base model */
  method: string;
  /** the experiment's seed */
  seed: number;
  /** SHA-256, in hexadecimal */
  digest: string;
}

/** what drew the samples and the greedy answers; older runs do not tell */
export interface ProvenanceSampler {
  /** transformers or vllm */
  name: string;
  /** of the library */
  version: string;
}

/** the task's own files by their field, and the questions that were made of them */
export interface ProvenanceData {
  /** the task's name in the experiment */
  task: string;
  /** the setting that names it, or the artefact's file */
  file: string;
  /** SHA-256, in hexadecimal */
  digest: string;
}

/** Is a method's score a good assessor? Shares of right COTs by their score. */
export interface Reliability {
  /** the method's name in the experiment */
  name: string;
  /** its name in tables and charts */
  label: string;
  /** COTs of all questions in equal parts by score (deciles), seed by seed */
  byScore: ReliabilityByScore[];
  /** within a question: only questions that have a right and a wrong COT */
  byRank: ReliabilityByRank[];
  /** share right of all COTs of those questions: scores of no use */
  any: Share;
}

/** COTs of all questions in equal parts by score (deciles), seed by seed */
export interface ReliabilityByScore {
  /** in [0, 1]; null where n is 0 */
  value: number | null;
  /** 95 % */
  interval: Interval | null;
  /** what it is a share of */
  n: number;
  /** 1: the lowest scores */
  bin: number;
  /** lowest score of the bin, over all seeds */
  low: number;
  /** highest score of the bin, over all seeds */
  high: number;
}

/** within a question: only questions that have a right and a wrong COT */
export interface ReliabilityByRank {
  /** in [0, 1]; null where n is 0 */
  value: number | null;
  /** 95 % */
  interval: Interval | null;
  /** what it is a share of */
  n: number;
  /** 1: the best-scored COT */
  rank: number;
}

/** maj@j, best of j and pass@j by j, and each method's ways of answering against the baseline's. */
export interface SelfConsistency {
  /** samples a test question */
  k: number;
  /** the method whose greedy and maj@k answers the others are held against */
  baseline?: string | undefined;
  /** in the order of the table */
  methods: SelfConsistencyMethod[];
}

/** in the order of the table */
export interface SelfConsistencyMethod {
  /** the method's name in the experiment */
  name: string;
  /** its name in tables and charts */
  label: string;
  /** share right by how many of the k samples are used */
  curves: SelfConsistencyMethodCurves;
  /** greedy, by vote, and best-scored */
  decodings: SelfConsistencyMethodDecoding[];
}

/** share right by how many of the k samples are used */
export interface SelfConsistencyMethodCurves {
  /** maj@j: the most frequent answer of j */
  majority: ShareBySize[];
  /** the best-scored of j; empty where a sample has no score */
  best: ShareBySize[];
  /** pass@j: one of j is right */
  pass: ShareBySize[];
}

/** greedy, by vote, and best-scored */
export interface SelfConsistencyMethodDecoding {
  /** how a question is answered */
  decoding: "greedy" | "majority" | "best";
  /** a question */
  samples: number;
  /** share of the questions answered rightly */
  accuracy: Metric;
  /** minus the baseline's greedy answers; null: it is that */
  againstGreedy: Difference | null;
  /** minus the baseline's vote of k samples; null: it is that */
  againstMajority: Difference | null;
}

/** Every round of training, where a run has several. */
export interface RoundsSummary {
  /** how many rounds */
  count: number;
  /** samples a question: the k of majority and passAtMost */
  k: number;
  /** the VFT weights as they are, where a method keeps them */
  start?: RoundMeasured | undefined;
  /** those that train, in the order of the table */
  methods: RoundsSummaryMethod[];
}

/** those that train, in the order of the table */
export interface RoundsSummaryMethod {
  /** the method's name in the experiment */
  name: string;
  /** its name in tables and charts */
  label: string;
  /** whether its first round starts from the VFT weights */
  fromVft: boolean;
  /** in their order; the last is the method's result */
  rounds: RoundMeasured[];
}

/** What a method's weights do after a round of training. */
export interface RoundMeasured {
  /** from 1; 0: the VFT weights as they are */
  round: number;
  /** of the weights after this round */
  metrics: RoundMeasuredMetrics;
  /** minus continued VFT after as many rounds */
  againstContinued?: RoundMeasuredAgainstContinued | undefined;
  /** what the round was trained on, over all seeds */
  learntFrom?: RoundMeasuredLearntFrom | undefined;
}

/** of the weights after this round */
export interface RoundMeasuredMetrics {
  /** share of the questions that are answered rightly by greedy decoding */
  accuracy: Metric;
  /** share of the samples at the experiment's temperature whose answer is right */
  sampledAccuracy: Metric;
  /** share right by the most frequent answer of k samples; tied winners count by their expectation */
  majority: Metric;
  /** share of the questions with a right answer among k samples */
  passAtMost: Metric;
  /** share of (right, wrong) pairs in which the right one has the higher score, pooled over pairs */
  assessmentMicro: Metric;
}

/** minus continued VFT after as many rounds */
export interface RoundMeasuredAgainstContinued {
  /** share of the questions that are answered rightly by greedy decoding */
  accuracy: Difference;
  /** share of the samples at the experiment's temperature whose answer is right */
  sampledAccuracy: Difference;
  /** share right by the most frequent answer of k samples; tied winners count by their expectation */
  majority: Difference;
  /** share of the questions with a right answer among k samples */
  passAtMost: Difference;
  /** share of (right, wrong) pairs in which the right one has the higher score, pooled over pairs */
  assessmentMicro: Difference;
}

/** what the round was trained on, over all seeds */
export interface RoundMeasuredLearntFrom {
  /** training questions of the round */
  questions: number;
  /** judged samples; left out: references alone */
  samples?: number | undefined;
  /** of them: right ones */
  right?: number | undefined;
  /** questions with right and wrong ones */
  withPair?: number | undefined;
}

/** Greedy accuracy by how many steps the reference solution has. */
export interface Difficulty {
  /** questions whose reference has no steps that could be counted */
  unknown: number;
  /** from the fewest steps to the most */
  bins: DifficultyBin[];
}

/** from the fewest steps to the most */
export interface DifficultyBin {
  /** fewest steps */
  from: number;
  /** most steps */
  to: number;
  /** test questions with so many steps */
  questions: number;
  /** in the order of the table */
  methods: DifficultyBinMethod[];
}

/** in the order of the table */
export interface DifficultyBinMethod {
  /** the method's name in the experiment */
  name: string;
  /** its name in tables and charts */
  label: string;
  /** greedy, on the questions of this bin */
  accuracy: Metric;
  /** minus continued VFT; pHolm over all methods in all bins */
  againstContinued: Difference | null;
}

/** What the run took. A stage that several methods share is in no method's row. */
export interface Cost {
  /** in the order in which the stages run */
  byStage: CostRow[];
  /** a method's own stages: training and evaluation */
  byMethod: CostRow[];
  /** all stages together */
  total: CostRow;
}

/** What some of the artefacts took together. */
export interface CostRow {
  /** of the stage or the method; total: of all */
  name: string;
  /** how many artefacts */
  runs: number;
  /** of work, whenever it was done */
  seconds: number;
  /** of it in this run; the rest was reused */
  secondsHere: number;
  /** trained on, sampled or scored; null: none of it counts them */
  tokens: number | null;
  /** of the artefacts that count tokens, loading and judging included */
  tokensPerSecond: number | null;
  /** the worker's highest main memory */
  peakResidentBytes: number | null;
  /** likewise, of all accelerators */
  peakAcceleratorBytes: number | null;
}

/** What training a method told beside its steps. */
export interface Trained {
  /** a distance that was not given as a number */
  boundary?: TrainedBoundary | undefined;
  /** where beta was searched */
  search?: TrainedSearch | undefined;
  /** stopped early; the weights are those of bestStep */
  stopped?: TrainedStopped | undefined;
  /** of a loss that takes other questions than those with a pair */
  taken?: TrainedTaken | undefined;
  /** what went wrong while training */
  warnings?: TrainedWarning[] | undefined;
}

/** a distance that was not given as a number */
export type TrainedBoundary = TrainedBoundaryAuto | TrainedBoundarySearch;

/** worked out from the VFT model's own scores */
export interface TrainedBoundaryAuto {
  /** mean log-probability, nats a token */
  beta: number;
  /** worked out from the VFT model's own scores */
  rule: "auto";
  /** of the wrong samples' distances to the lowest right one */
  quantile: number;
  /** what the quantile is over */
  negatives: number;
  /** share of them below the boundary at the start */
  below: number;
}

/** chosen on validation questions */
export interface TrainedBoundarySearch {
  /** mean log-probability, nats a token */
  beta: number;
  /** chosen on validation questions */
  rule: "search";
}

/** where beta was searched */
export interface TrainedSearch {
  /** the setting that was searched */
  parameter: string;
  /** the value that was kept */
  chosen: number;
  /** every value that was tried */
  points: SearchPoint[];
}

/** stopped early; the weights are those of bestStep */
export interface TrainedStopped {
  /** the step whose weights were kept */
  bestStep: number;
  /** the last step that was made */
  lastStep: number;
  /** in words */
  reason: string;
}

/** of a loss that takes other questions than those with a pair */
export interface TrainedTaken {
  /** training questions */
  questions: number;
  /** with a better and a worse solution */
  paired: number;
  /** with a part in the method's own loss */
  taken: number;
}

/** what went wrong while training */
export interface TrainedWarning {
  /** optimizer steps done */
  step: number;
  /** what went wrong, as a name */
  kind?: string | undefined;
  /** the same in words */
  text: string;
}

/** One method's training with one seed: its boundary, its looks, what went wrong. */
export interface TrainedArm {
  /** the name of the method that it is about */
  method: string;
  /** the experiment's seed */
  seed: number;
  /** a distance that was not given as a number */
  boundary?: TrainedBoundary | undefined;
  /** where beta was searched */
  search?: TrainedSearch | undefined;
  /** stopped early; the weights are those of bestStep */
  stopped?: TrainedStopped | undefined;
  /** of a loss that takes other questions than those with a pair */
  taken?: TrainedTaken | undefined;
  /** what went wrong while training */
  warnings?: TrainedWarning[] | undefined;
  /** validation questions while training; step 0: the weights it starts from */
  looks: TrainedArmLook[];
}

/** validation questions while training; step 0: the weights it starts from */
export interface TrainedArmLook {
  /** how many validation questions */
  questions: number;
  /** greedy, share of the questions */
  accuracy?: number | undefined;
  /** assessment accuracy, pooled over pairs */
  assessmentMicro: number | null;
  /** of a right and a wrong sample of one question */
  pairs?: number | undefined;
  /** exp(-score), averaged over the right samples */
  perplexityPositive: number | null;
  /** exp(-score), averaged over the wrong samples */
  perplexityNegative: number | null;
  /** exp(-score), averaged over the references */
  perplexityReference: number | null;
  /** optimizer steps done */
  step: number;
}

/**
 * A look at validation questions while a method trains: what its weights make of the VFT model's
 * samples.
 */
export interface HeldOut {
  /** how many validation questions */
  questions: number;
  /** greedy, share of the questions */
  accuracy?: number | undefined;
  /** assessment accuracy, pooled over pairs */
  assessmentMicro: number | null;
  /** of a right and a wrong sample of one question */
  pairs?: number | undefined;
  /** exp(-score), averaged over the right samples */
  perplexityPositive: number | null;
  /** exp(-score), averaged over the wrong samples */
  perplexityNegative: number | null;
  /** exp(-score), averaged over the references */
  perplexityReference: number | null;
}

/** One value that a search tried, on the validation questions. */
export interface SearchPoint {
  /** mean log-probability, nats a token */
  beta: number;
  /** greedy */
  accuracy: number | null;
  /** validation questions answered rightly */
  correct: number;
  /** how many validation questions */
  questions: number;
  /** of the accuracy: Wilson, 95 % */
  interval: Interval | null;
  /** assessment accuracy, pooled over pairs */
  assessmentMicro: number | null;
  /** 95 %, bootstrap over questions; older searches have none */
  assessmentInterval?: Interval | null | undefined;
  /** that assessmentMicro is over */
  pairs?: number | undefined;
  /** exp(-score), averaged over the right samples */
  perplexityPositive: number | null;
  /** 95 %, bootstrap over questions; older searches have none */
  perplexityInterval?: Interval | null | undefined;
  /** that perplexityPositive is over */
  rightCots?: number | undefined;
}

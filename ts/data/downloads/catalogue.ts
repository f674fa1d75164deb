/** What can be downloaded, from whom, and under which licence. A digest or size stands here only where it is known. */

import { hubAddress } from "./hub-address.ts";

/** A file of a dataset, and where its publisher keeps it. */
export interface PublishedFile {
  /** Its place in the task's folder. */
  path: string;
  from: { address: string } | { hub: { dataset: string; path: string; revision: string } };
  bytes?: number;
  /** In hex. Without one the first download's digest is kept in a lock file beside the data, and checked from then on. */
  sha256?: string;
}

export interface Dataset {
  task: string;
  title: string;
  /** Questions by split. */
  questions: string;
  homepage: string;
  licence: string;
  citation: string;
  files: readonly PublishedFile[];
  /** Tasks whose files it uses too. */
  uses?: readonly string[];
  /** What the user has to bring. */
  byHand?: string;
  /** Its leaderboard on the Hugging Face hub: the dataset there, the task in it, and how many test questions it has. */
  benchmark?: { dataset: string; task: string; questions: number };
}

const github = (repository: string, folder: string, path: string): { address: string } => ({
  address: `https://raw.githubusercontent.com/${repository}/${folder}/${path}`,
});
const gsm8kFile = (path: string) => github("openai/grade-school-math", "master/grade_school_math/data", path);
const aquaFile = (path: string) => github("google-deepmind/AQuA", "master", path);
const ecqaFile = (path: string): PublishedFile => ({
  path,
  from: github("dair-iitd/ECQA-Dataset", "main", path),
});
// The bucket is spelt so.
const cqaFile = (name: string): PublishedFile => ({
  path: `cqa/${name}`,
  from: { address: `https://s3.amazonaws.com/commensenseqa/${name}` },
});

export const catalogue: readonly Dataset[] = [
  {
    task: "gsm8k",
    title: "GSM8K",
    questions: "7,473 training, 1,319 test",
    homepage: "https://github.com/openai/grade-school-math",
    licence: "MIT",
    citation:
      "Cobbe, Kosaraju, Bavarian, Chen, Jun, Kaiser, Plappert, Tworek, Hilton, Nakano, Hesse, Schulman: Training Verifiers to Solve Math Word Problems, 2021 (arXiv 2110.14168)",
    benchmark: { dataset: "openai/gsm8k", task: "gsm8k", questions: 1319 },
    files: [
      {
        path: "train.jsonl",
        from: gsm8kFile("train.jsonl"),
        bytes: 4_166_206,
        sha256: "17f347dc51477c50d4efb83959dbb7c56297aba886e5544ee2aaed3024813465",
      },
      {
        path: "test.jsonl",
        from: gsm8kFile("test.jsonl"),
        bytes: 749_738,
        sha256: "3730d312f6e3440559ace48831e51066acaca737f6eabec99bccb9e4b3c39d14",
      },
    ],
  },
  {
    task: "aqua",
    title: "AQuA-RAT",
    questions: "97,467 training, 254 dev, 254 test",
    homepage: "https://github.com/google-deepmind/AQuA",
    licence: "Apache-2.0",
    citation:
      "Ling, Yogatama, Dyer, Blunsom: Program Induction by Rationale Generation: Learning to Solve and Explain Algebraic Word Problems, ACL 2017 (arXiv 1705.04146)",
    files: [
      { path: "train.json", from: aquaFile("train.json") },
      {
        path: "dev.json",
        from: aquaFile("dev.json"),
        bytes: 132_008,
        sha256: "4a52301d8a49ae0b286f8e697f9c5da1b109b247b825b47b4c6de34312dceec5",
      },
      {
        path: "test.json",
        from: aquaFile("test.json"),
        bytes: 130_192,
        sha256: "de41581881ef95c5588c44ddc701c77fd480839241dd422a0d181262af24520c",
      },
    ],
  },
  {
    task: "ecqa",
    title: "ECQA, with CommonsenseQA",
    questions: "7,598 training, 1,090 validation, 2,194 test",
    homepage: "https://github.com/dair-iitd/ECQA-Dataset, https://www.tau-nlp.org/commonsenseqa",
    licence:
      "ECQA: CDLA-Sharing-1.0 by its LICENSE.md, CC BY-SA 4.0 by its ReadMe (read both before sharing); CommonsenseQA: MIT",
    citation:
      "Aggarwal, Mandowara, Agrawal, Khandelwal, Singla, Garg: Explanations for CommonsenseQA: New Dataset and Models, ACL 2021; Talmor, Herzig, Lourie, Berant: CommonsenseQA, NAACL 2019 (arXiv 1811.00937)",
    files: [
      ecqaFile("ecqa.jsonl"),
      ecqaFile("author_split/train_ids.txt"),
      ecqaFile("author_split/val_ids.txt"),
      ecqaFile("author_split/test_ids.txt"),
      cqaFile("train_rand_split.jsonl"),
      cqaFile("dev_rand_split.jsonl"),
    ],
  },
  {
    task: "gsm8k-rank",
    title: "GSM8K with ranked candidates",
    questions: "yours for training, GSM8K's 1,319 for testing",
    homepage: "https://arxiv.org/abs/2309.02144",
    licence: "yours; GSM8K: MIT",
    citation:
      "Wang, Li, Chen, Song, Lin, Cao, Liu, Sui: Making Large Language Models Better Reasoners with Alignment, 2023 (arXiv 2309.02144)",
    files: [],
    uses: ["gsm8k"],
    byHand: "train.jsonl",
  },
  {
    task: "mmlu",
    title: "MMLU, test split",
    questions: "14,042 test, 57 subjects",
    homepage: "https://huggingface.co/datasets/cais/mmlu",
    licence: "MIT",
    citation:
      "Hendrycks, Burns, Basart, Zou, Mazeika, Song, Steinhardt: Measuring Massive Multitask Language Understanding, ICLR 2021 (arXiv 2009.03300)",
    files: [
      {
        path: "all/test-00000-of-00001.parquet",
        from: { hub: { dataset: "cais/mmlu", path: "all/test-00000-of-00001.parquet", revision: "main" } },
      },
    ],
  },
];

export const datasetOf = (task: string): Dataset | undefined =>
  catalogue.find((dataset) => dataset.task === task);

/** Where a file can be had with a browser. */
export function addressOf({ from }: PublishedFile): string {
  if ("address" in from) return from.address;
  const { dataset, revision, path } = from.hub;
  return `${hubAddress()}/datasets/${dataset}/resolve/${revision}/${path}`;
}

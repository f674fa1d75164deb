import { type Case, small } from "./cases.ts";

const words = (text: string): string[] => text.split(" ");
const record = '{"format": 2, "name": "x"}';

export const commandLines: readonly Case[] = [
  { name: "no command", argv: [] },
  { name: "a command that there is none of", argv: ["rnu"] },
  { name: "an option that the command has not", argv: words("run DIR/x.yaml --dry-runn") },
  { name: "an option without its value", argv: words("run DIR/x.yaml --set") },
  { name: "an option twice", argv: words("run DIR/x.yaml --runs a --runs b") },
  { name: "an argument too many", argv: words("run DIR/x.yaml DIR/y.yaml") },
  { name: "a number of jobs that is none", argv: words("run DIR/x.yaml --jobs many") },
  { name: "no jobs", argv: words("run DIR/x.yaml --jobs 0") },
  {
    name: "a choice that is none",
    argv: words("judge --task arithmetic --extract flexibel --questions a --in b --out c"),
  },
  { name: "an action that there is none of", argv: words("runs shwo") },
  { name: "a port out of range", argv: words("view DIR --port 70000") },
  { name: "a port that is none", argv: words("view DIR --port http") },
  { name: "a report of what is no run", files: { "other/x": "" }, argv: words("report DIR/other") },
  { name: "a report of what is not there", argv: words("report DIR/none") },
  { name: "a record of a run that is damaged", files: { "run.json": record }, argv: words("report DIR") },
  { name: "a record of a run that is no JSON", files: { "run.json": "{" }, argv: words("report DIR") },
  {
    name: "a record with another checksum",
    files: { "run.json": '{"format": 2, "checksum": "0"}' },
    argv: words("export DIR --method x --to DIR/out"),
  },
  { name: "an export without a place", argv: words("export DIR") },
  { name: "a comparison of one run", argv: words("runs compare DIR") },
  { name: "a dataset that there is none of", argv: words("data get gsm8") },
  { name: "a number of questions that is none", argv: words("data show arithmetic --count none") },
  { name: "a split that there is none of", argv: words("data show arithmetic --split tests") },
  { name: "a model that no package has", argv: words("model get gpt-9") },
  {
    name: "a runs folder that is a file",
    files: { runs: "", "x.yaml": small },
    argv: words("run DIR/x.yaml --runs DIR/runs"),
  },
  {
    name: "a runs folder under /proc",
    files: { "x.yaml": small },
    argv: words("run DIR/x.yaml --runs /proc/runs"),
  },
  {
    name: "a runs folder with NUL",
    files: { "x.yaml": small },
    argv: ["run", "DIR/x.yaml", "--runs", "DIR/a\0b"],
  },
  {
    name: "a runs folder whose name is too long",
    files: { "x.yaml": small },
    argv: ["run", "DIR/x.yaml", "--runs", `DIR/${"r".repeat(300)}`],
  },
  {
    name: "a name of a run in which a file lies",
    files: { "runs/small": "", "x.yaml": small },
    argv: words("run DIR/x.yaml --runs DIR/runs"),
  },
];

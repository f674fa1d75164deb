/**
 * How fast judging is: 100,000 COTs of GSM8K's length, made here, judged by both answer rules and step by step, then ranked.
 *
 *     npx tsx experiments/benchmarks/judge.ts [COUNT]
 */
import { cpus, loadavg } from "node:os";
import { randomFrom } from "../../ts/core/random.ts";
import type { Candidate, Question } from "../../ts/core/records.ts";
import { judge } from "../../ts/data/index.ts";

const perQuestion = 10;
const count = Number(process.argv[2] ?? 100_000);
const random = randomFrom("judge benchmark", 1);

/** A COT of two to six annotated steps and the words around them, about as long as the dataset's; some steps are wrong. */
function cot(): { text: string; result: number } {
  let total = random.int(5, 400);
  const lines: string[] = [];
  for (let step = random.int(1, 3); step > 0; step--) {
    const [number, price] = [random.int(2, 40), random.int(2, 60)];
    const product = number * price + (random.next() < 0.05 ? 1 : 0);
    lines.push(
      `On that day they sold ${number} boxes at $${price} each, so ${number} * ${price} = $<<${number}*${price}=${product}>>${product}.`,
      `With what they had before, that makes ${total} + ${product} = $<<${total}+${product}=${total + product}>>${total + product}.`,
    );
    total += product;
  }
  return { text: `${lines.join("\n")}\n#### ${total.toLocaleString("en-US")}`, result: total };
}

const questions: Question[] = [];
const candidates: Candidate[] = [];
for (let at = 0; at < count / perQuestion; at++) {
  const id = `q${at}`;
  for (let index = 0; index < perQuestion; index++) {
    const { text, result } = cot();
    if (index === 0)
      questions.push({ id, task: "gsm8k", question: "How much in all?", answer: String(result) });
    candidates.push({ questionId: id, index, text });
  }
}
const characters = candidates.reduce((sum, { text }) => sum + text.length, 0);
console.log(
  `${candidates.length} COTs of ${Math.round(characters / candidates.length)} characters on average`,
);
console.log(
  `${cpus()[0]?.model.trim()}, one of ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; Node ${process.versions.node}`,
);

for (const feedback of ["binary", "ranked"] as const) {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const { counts } = judge(questions, candidates, { task: "gsm8k", extract: "strict", feedback });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  console.log(
    `${feedback}: ${seconds.toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} s of a processor, ${Math.round(candidates.length / seconds)} COTs/s (right ${counts.correct}, wrong steps ${counts.rightAnswerWrongSteps})`,
  );
}

import type { Random } from "../../../../core/random.ts";
import type { ArithmeticProblem } from "../problem.ts";

/** What one problem is about: things, each named once, in the order in which they come, and what holds them. */
export interface Scene {
  things: readonly string[];
  containers: readonly string[];
}

/** How a problem is told: its words and its sentences. The numbers, the steps and the answer know nothing of it. */
export interface Wording {
  names: readonly string[];
  scene(random: Random): Scene;
  question(problem: ArithmeticProblem, random: Random): string;
}

import { closest, distance } from "fastest-levenshtein";
import { joinAlike } from "./alike.ts";
import type { Problem } from "./problem.ts";

export type { Problem } from "./problem.ts";

/** Exit codes of every command: 0 done, 1 failed, 2 bad usage or bad input file, 130 interrupted. */
export type ExitCode = 1 | 2 | 130;

/** An error a user can act on: printed without a stack trace. Anything else that is thrown is a bug of ours. */
export class AftError extends Error {
  /** Of the class, by which it is known across packages. */
  override name = "AftError";
  /** Everything that is wrong, in order: at least one. */
  readonly problems: readonly Problem[];
  /** With what a command ends that throws it. */
  readonly exitCode: ExitCode;

  /** Its message is all problems in words, those that differ in their row alone joined. */
  constructor(problems: Problem | readonly Problem[], exitCode: ExitCode = 1, options?: ErrorOptions) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(joinAlike(list).map(formatProblem).join("\n"), options);
    this.problems = list;
    this.exitCode = exitCode;
  }
}

/** A mistake in what the user gave (usage, YAML, data files): exit code 2. */
export const inputError = (problems: Problem | readonly Problem[], options?: ErrorOptions): AftError =>
  new AftError(problems, 2, options);

/** Something that could not be done (a dead worker, a full disk): exit code 1. */
export const failure = (problem: Problem, options?: ErrorOptions): AftError =>
  new AftError(problem, 1, options);

/** Stopped by the user; what was recorded stays, and the same command goes on from there. */
export class Interrupted extends AftError {
  override name = "Interrupted";
  constructor(what = "interrupted") {
    super({ what }, 130);
  }
}

export function formatProblem(problem: Problem): string {
  const lines = [problem.where === undefined ? problem.what : `${problem.where}: ${problem.what}`];
  if ("found" in problem && problem.found !== undefined) lines.push(`  found: ${show(problem.found)}`);
  if (problem.expected !== undefined) lines.push(`  expected: ${problem.expected}`);
  if (problem.nearest !== undefined) lines.push(`  did you mean: ${problem.nearest}`);
  if (problem.fix !== undefined) lines.push(`  fix: ${problem.fix}`);
  if (problem.alike !== undefined) lines.push(`  ${problem.alike}`);
  return visible(lines.join("\n"));
}

/** Names may hold characters that a terminal obeys or does not show. */
const visible = (text: string): string =>
  text.replaceAll(/(?![\n\t])\p{Cc}/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);

const longestShown = 200;

/** A found value as JSON, cut to a readable length. */
export function show(value: unknown): string {
  // JSON has no words for numbers that are not finite.
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > longestShown ? `${text.slice(0, longestShown)}… (${text.length} characters)` : text;
}

/** The valid name that was probably meant, or undefined when none is near. */
export function nearestName(name: string, valid: readonly string[]): string | undefined {
  if (valid.length === 0) return undefined;
  const lower = valid.map((one) => one.toLowerCase());
  const candidate = valid[lower.indexOf(closest(name.toLowerCase(), lower))]!;
  return isNear(name, candidate) ? candidate : undefined;
}

function isNear(name: string, candidate: string): boolean {
  const a = name.toLowerCase();
  const b = candidate.toLowerCase();
  return distance(a, b) <= Math.max(2, Math.floor(b.length / 3)) || b.startsWith(a) || a.startsWith(b);
}

/** What was thrown, in its own words. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What was thrown as a user is to see it: a problem in words, and only for a bug of ours where it came from. */
export function describeError(error: unknown): string {
  if (error instanceof AftError) return error.message;
  const refused = systemProblem(error);
  if (refused !== undefined) return formatProblem(refused);
  const origin = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `this is a bug in aft, please report it:\n${origin}`;
}

/** What the system refused where nobody expected it (a folder that became read-only, a disk that fell out) is no bug of ours. */
function systemProblem(error: unknown): Problem | undefined {
  const code = systemCode(error);
  if (code === undefined) return undefined;
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === undefined || path === undefined) return undefined;
  return {
    what: `the system refused it (${code} in ${syscall})`,
    where: path,
    fix: `${code === "EACCES" || code === "EPERM" ? "get the right to it, and " : ""}run the same command again`,
  };
}

/** The system's own error code (`ENOENT`, `ENOSPC`, ...), if the value is such an error. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

import { AftError, describeError } from "../core/errors.ts";
import { writeError } from "../core/files.ts";
import { wrapText } from "../core/wrap.ts";
import { asCalled } from "./called.ts";

/** Ends the process's work with the right code: a problem in words on stderr, never a stack trace for a user's mistake. */
export function exitWith(error: unknown): void {
  process.stderr.write(`${asCalled(describeError(error))}\n`);
  process.exitCode = error instanceof AftError ? error.exitCode : 1;
}

/** One JSON object on stdout and nothing else there. */
export const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
};

export const printLine = (text: string): void => {
  process.stdout.write(`${asCalled(text)}\n`);
};

/** Sentences broken at words to the terminal's width; a pipe gets them as they are. Tables have no line to be broken. */
export const wrapped = (text: string): string =>
  text
    .split("\n")
    .map((line) => (/ {2}|─/.test(line) ? line : wrapText(line, outputWidth(), "  ")))
    .join("\n");

/** Columns of the terminal that stdout is; a pipe has no end. */
export const outputWidth = (): number =>
  process.stdout.isTTY === true ? (process.stdout.columns ?? 100) : Number.POSITIVE_INFINITY;

/** A file that grows over the process's limit is an error of the write that it was, and not this process's end. */
export function outliveFileLimit(): void {
  if (process.listenerCount("SIGXFSZ") === 0) process.on("SIGXFSZ", () => {});
}

/** `aft assess ... | head` closes the pipe early: that is the end, and no error. */
export function endQuietlyWithoutReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    exitWith(writeError("(standard output)", error));
  });
}

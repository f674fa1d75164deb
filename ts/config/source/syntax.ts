import type { YAMLError } from "yaml";
import type { Problem } from "../../core/errors.ts";
import type { Origin } from "./tree.ts";

/** YAML's syntax errors, one for each place: what follows from the first one there is left out. */
export function syntaxProblems(
  errors: readonly YAMLError[],
  text: string,
  place: (offset: number) => Origin,
): Problem[] {
  const first = new Map<number, YAMLError>();
  for (const error of errors) if (!first.has(error.pos[0])) first.set(error.pos[0], error);
  return [...first.values()].map((error) => ({
    ...inWords(error, text.slice(error.pos[0])),
    where: place(error.pos[0]).where,
    found: lineAt(text, error.pos[0]) || undefined,
  }));
}

export const depthProblem = {
  what: "lists or maps within each other too deep to be read",
  expected: "a few levels",
};

const lineAt = (text: string, offset: number): string =>
  text
    .slice(text.lastIndexOf("\n", offset - 1) + 1)
    .split("\n", 1)[0]!
    .trim();

/** The commonest mistakes in words; the YAML library's own sentence for the rest. */
function inWords(error: YAMLError, rest: string): { what: string; expected?: string } {
  switch (error.code) {
    case "DUPLICATE_KEY":
      return {
        what: `the key "${/^[^:\s]+/.exec(rest)?.[0] ?? ""}" is given twice in one map`,
        expected: "each key once",
      };
    case "TAB_AS_INDENT":
      return { what: "a tab is used to indent", expected: "spaces: YAML does not allow tabs here" };
    case "BAD_INDENT": {
      const closing = /end with a ([\]}])/.exec(error.message)?.[1];
      return closing === undefined
        ? { what: "wrong indentation", expected: "the keys of one map all in the same column" }
        : {
            what: `a ${closing} is missing before this`,
            expected: `${closing} at the end of the list or map`,
          };
    }
    case "BLOCK_AS_IMPLICIT_KEY":
      return {
        what: "a value that holds another `key: value`",
        expected: "quotes around a text with `: ` in it, or the next key in the same column as the first",
      };
    case "MULTILINE_IMPLICIT_KEY":
      return { what: "a line that is no `key: value`", expected: "a colon and a space after each key" };
    case "MISSING_CHAR":
      return error.message.includes("quote")
        ? { what: "a quoted text does not end", expected: "the same quote at its end as at its start" }
        : { what: "a line that is no `key: value`", expected: "a colon and a space after each key" };
    case "BAD_SCALAR_START":
      return { what: `a text cannot start with ${rest[0]}`, expected: "quotes around it" };
    case "MULTIPLE_DOCS":
      return { what: "a second document starts here", expected: "one document: no `---` lines" };
    default:
      if (error.message.includes("call stack")) return depthProblem;
      return { what: `not valid YAML: ${error.message.split("\n", 1)[0]}` };
  }
}

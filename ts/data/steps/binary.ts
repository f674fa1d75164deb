/** Steps that are one equation of two natural numbers and nothing else. */

/** One step: two natural numbers, a sign, a result. */
export interface BinaryEquation {
  left: number;
  operator: "+" | "-" | "*";
  right: number;
  result: number;
}

const longestLine = 200;
const binary = /^\s*(\d{1,15})\s*([-+*])\s*(\d{1,15})\s*=\s*(\d{1,15})\s*$/;

/** A line that is one equation `a op b = c` of natural numbers and nothing else; undefined for any other. */
export function binaryEquation(line: string): BinaryEquation | undefined {
  const match = line.length > longestLine ? null : binary.exec(line);
  if (match === null) return undefined;
  const [, left, operator, right, result] = match;
  return {
    left: Number(left),
    operator: operator as BinaryEquation["operator"],
    right: Number(right),
    result: Number(result),
  };
}

/** Whether a step's result is right; exact, since all its numbers are below 2^53. */
export function isTrue({ left, operator, right, result }: BinaryEquation): boolean {
  if (operator === "*") return BigInt(left) * BigInt(right) === BigInt(result);
  return (operator === "+" ? left + right : left - right) === result;
}

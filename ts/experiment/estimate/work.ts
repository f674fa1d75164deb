/** What each node of a plan sends through the model, as its stage states it. */
import type { Cost, Expectation } from "../stages/cost.ts";
import { keyOfNode, labelOf, type PlanNode } from "../stages/node.ts";

export interface Work extends Cost {
  /** Of the node's artefact. */
  key: string;
  label: string;
}

/** Of those nodes that use a model. @param lengthsOf of what a node of the stage `questions` holds */
export function worksOf(
  nodes: readonly PlanNode[],
  lengthsOf: (questions: PlanNode) => Expectation["questions"],
): Work[] {
  const expectations = new Map<PlanNode, Expectation>();
  const expectedInputs = ({ inputs }: PlanNode): Record<string, Expectation> =>
    Object.fromEntries(Object.entries(inputs).map(([role, input]) => [role, expectedOf(input)]));
  const expectedOf = (node: PlanNode): Expectation => {
    const known = expectations.get(node);
    if (known !== undefined) return known;
    const lengths = lengthsOf(node);
    const expectation = lengths === undefined ? node.expected(expectedInputs(node)) : { questions: lengths };
    expectations.set(node, expectation);
    return expectation;
  };
  return nodes.flatMap((node) =>
    node.cost === undefined
      ? []
      : [{ key: keyOfNode(node), label: labelOf(node), ...node.cost(expectedInputs(node)) }],
  );
}

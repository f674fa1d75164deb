import { describe, expect, it } from "vitest";
import { reliabilityOf } from "../../../../ts/analysis/features/assessor/numbers.ts";
import { wilsonInterval } from "../../../../ts/analysis/statistics/interval.ts";
import { group, right, wrong } from "../groups.ts";
import { syntheticRun } from "../synthetic.ts";

const run = syntheticRun({ questions: 4, k: 2 });
const of = (heldOut: ReturnType<typeof group>[]) =>
  reliabilityOf({
    ...run,
    methods: [run.methods[0]!],
    arms: [{ ...run.arms[0]!, heldOut }],
  })[0];

describe("is the score a good assessor?", () => {
  it("ranks within a question, only where there is a right and a wrong COT", () => {
    const pairs = Array.from({ length: 6 }, (_, at) =>
      group(`q${at}`, at < 4 ? [...right(-0.1), ...wrong(-0.2, -0.3)] : [...right(-0.3), ...wrong(-0.2)]),
    );
    const found = of([...pairs, group("only right", right(-0.1, -0.2))])!;
    expect(found.byRank.map(({ rank, value, n }) => [rank, value, n])).toEqual([
      [1, 4 / 6, 6],
      [2, 2 / 6, 6],
    ]);
    expect(found.byRank[0]!.interval).toEqual(wilsonInterval(4, 6));
    expect([found.any.value, found.any.n]).toEqual([6 / 16, 16]);
  });

  it("leaves out places that fewer than five questions have", () => {
    const few = Array.from({ length: 5 }, (_, at) =>
      group(`q${at}`, [...right(-0.1), ...wrong(...(at < 4 ? [-0.2, -0.3] : [-0.2]))]),
    );
    expect(of(few)!.byRank.map(({ n }) => n)).toEqual([5, 5]);
  });

  it("cuts all COTs into equal parts by score, the lowest first", () => {
    const groups = Array.from({ length: 40 }, (_, at) =>
      group(`q${at}`, [...wrong(-1 - at / 100), ...right(-0.1 - at / 1000)]),
    );
    const { byScore } = of(groups)!;
    expect(byScore.map(({ bin, value, n }) => [bin, value, n])).toEqual([
      [1, 0, 20],
      [2, 0, 20],
      [3, 1, 20],
      [4, 1, 20],
    ]);
    expect(byScore[0]!.low).toBeCloseTo(-1.39, 12);
    expect(byScore[3]!.high).toBe(-0.1);
  });

  it("counts a text once a question, and says nothing of too few COTs", () => {
    const [one] = right(-0.1);
    const groups = Array.from({ length: 10 }, (_, at) => group(`q${at}`, [one!, one!, ...wrong(-0.2)]));
    const found = of(groups)!;
    expect(found.any.n).toBe(20);
    expect(found.byScore).toEqual([]);
  });
});

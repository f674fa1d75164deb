import { expect, test } from "vitest";
import { lossOf, methodSchema, type TrainedMethod } from "../../../ts/config/index.ts";

const loss = (settings: object, beta?: number) => lossOf(methodSchema.parse(settings) as TrainedMethod, beta);

test("VFT and RFT are maximum likelihood alone", () => {
  expect(loss({ method: "vft" })).toEqual({ kind: "vft" });
  expect(loss({ method: "rft" })).toEqual({ kind: "vft" });
});

test("alignment losses carry the boundary that was worked out, not the setting's words", () => {
  expect(loss({ method: "aft", constraint: "ranked-boundary", beta: "auto", weight: 2 }, 0.25)).toEqual({
    kind: "alignment",
    constraint: "boundary",
    weight: 2,
    beta: 0.25,
    detachBoundary: true,
  });
  expect(loss({ method: "aft", constraint: "ranked-detached" })).not.toHaveProperty("beta");
});

test("DPO's own beta and the boundary's are two, and its VFT loss is off unless it is asked for", () => {
  expect(loss({ method: "dpo", constraint: "boundary", beta: 0.3, boundaryBeta: "auto" }, 0.25)).toEqual({
    kind: "dpo",
    constraint: "boundary",
    weight: 1,
    vftWeight: 0,
    dpoBeta: 0.3,
    beta: 0.25,
  });
});

test("RRHF and PRO keep the VFT loss beside their own", () => {
  for (const method of ["rrhf", "pro"])
    expect(loss({ method, constraint: "detached", vftWeight: 0.5 })).toEqual({
      kind: method,
      constraint: "detached",
      weight: 1,
      vftWeight: 0.5,
    });
});

test("AFT's exponents are told where they differ from the paper's alone", () => {
  const plain = loss({ method: "aft", constraint: "none" });
  expect(Object.keys(plain)).toEqual(["kind", "constraint", "weight", "detachBoundary"]);
  expect(loss({ method: "aft", constraint: "none", scores: "sum", scale: 3 })).toMatchObject({
    scores: "sum",
    scale: 3,
  });
});

test("today's methods carry their papers' settings, and no VFT loss unless it is asked for", () => {
  const usual = { constraint: "none", weight: 1, vftWeight: 0 };
  const published = (method: string) => loss({ method, constraint: "none" });
  expect(published("irpo")).toEqual({ kind: "irpo", ...usual, dpoBeta: 0.1, alpha: 1 });
  expect(published("dpop")).toEqual({ kind: "dpop", ...usual, dpoBeta: 0.3, penalty: 50 });
  expect(published("simper")).toEqual({ kind: "simper", ...usual });
  expect(published("nca")).toEqual({ kind: "nca", ...usual, ncaBeta: 0.01, temperature: 0.01 });
  expect(published("infonca")).toEqual({ kind: "infonca", ...usual, ncaBeta: 0.01, temperature: 0.01 });
  expect(published("reinforce")).toEqual({ kind: "reinforce", ...usual, positiveWeight: 0.1 });
  expect(published("grpo")).toEqual({
    kind: "grpo",
    ...usual,
    divideByDeviation: true,
    divideByLength: true,
  });
  expect(loss({ method: "irpo", constraint: "boundary", boundaryBeta: "auto", vftWeight: 1 }, 0.25)).toEqual({
    kind: "irpo",
    constraint: "boundary",
    weight: 1,
    vftWeight: 1,
    dpoBeta: 0.1,
    alpha: 1,
    beta: 0.25,
  });
});

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

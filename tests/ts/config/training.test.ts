import { describe, expect, it } from "vitest";
import { overrideTraining, planSteps, trainingOf, trainingSchema } from "../../../ts/config/index.ts";
import { load, smallest } from "./helpers.ts";

describe("planSteps", () => {
  it("counts epochs in steps, the last smaller batch of each included", () => {
    const training = trainingSchema.parse({ epochs: 2, batchSize: 8 });
    expect(planSteps(training, 1000).totalSteps).toBe(250);
    expect(planSteps(training, 1001).totalSteps).toBe(252);
  });

  it("takes steps as they are given, whatever the data", () => {
    expect(planSteps(trainingSchema.parse({ steps: 7 }), 1000).totalSteps).toBe(7);
  });

  it("takes the warm-up as a share or in steps", () => {
    expect(planSteps(trainingSchema.parse({ steps: 1000 }), 1).warmupSteps).toBe(30);
    const inSteps = trainingSchema.parse({ steps: 1000, schedule: { warmupSteps: 5 } });
    expect(planSteps(inSteps, 1).warmupSteps).toBe(5);
    const roundedUp = trainingSchema.parse({ steps: 10, schedule: { warmupRatio: 0.11 } });
    expect(planSteps(roundedUp, 1).warmupSteps).toBe(2);
  });

  it("has no warm-up longer than the run", () => {
    const training = trainingSchema.parse({ steps: 3, schedule: { warmupSteps: 5 } });
    expect(planSteps(training, 1)).toEqual({ totalSteps: 3, warmupSteps: 3 });
  });

  it("is never without a step", () => {
    expect(planSteps(trainingSchema.parse({ epochs: 0.001, batchSize: 8 }), 8).totalSteps).toBe(1);
  });
});

describe("the defaults", () => {
  it("are the recipe for real models: 3 epochs of 128 at 2e-5, cosine, 3 % warm-up", () => {
    expect(trainingSchema.parse({})).toEqual({
      epochs: 3,
      batchSize: 128,
      learningRate: 2e-5,
      schedule: { shape: "cosine", warmupRatio: 0.03, minimumRatio: 0 },
      optimizer: { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0, clipNorm: 1 },
      lengthGrouped: false,
    });
  });
});

describe("a method's own settings", () => {
  it("lie over stages.align, whose excluded keys they drop and whose others they keep", () => {
    const base = trainingSchema.parse({ epochs: 3, batchSize: 4, schedule: { warmupRatio: 0.1 } });
    const merged = overrideTraining(base, {
      steps: 9,
      schedule: { warmupSteps: 2 },
      optimizer: { clipNorm: 0 },
    });
    expect(merged).toEqual({
      steps: 9,
      batchSize: 4,
      learningRate: 2e-5,
      schedule: { shape: "cosine", warmupSteps: 2, minimumRatio: 0 },
      optimizer: { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0, clipNorm: 0 },
      lengthGrouped: false,
    });
  });

  it.each(["aft", "rrhf", "pro", "dpo"])("are taken of every loss over groups: %s", async (method) => {
    const settings = `{method: ${method}, constraint: none, train: {steps: 7}}`;
    const { experiment } = await load({ "main.yaml": smallest.replace("{method: vft}", settings) });
    const training = trainingOf(experiment, "more");
    expect(training).toMatchObject({ steps: 7, learningRate: 2e-5 });
    expect(training).not.toHaveProperty("epochs");
  });

  it("are none for a method that is not trained", async () => {
    const { experiment } = await load({
      "main.yaml": smallest.replace("{method: vft}", "{method: vft, train: {learningRate: 1e-3}}"),
    });
    expect(trainingOf(experiment, "kept")).toBeUndefined();
    expect(trainingOf(experiment, "more")).toMatchObject({ learningRate: 1e-3, epochs: 3 });
  });
});

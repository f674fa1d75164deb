import { expect, test } from "vitest";
import { aboutKey } from "../../../ts/config/index.ts";

test("a key is described as the schema describes it, wherever it lies", () => {
  expect(aboutKey("stages.sample.k")).toBe("responses a question, before duplicates are dropped");
  expect(aboutKey("seeds")).toBe("the whole experiment runs once for each; the report gives mean and spread");
  // Below a name of the user's choice, and in one of several kinds of method.
  expect(aboutKey("methods.my-own.beta")).toBe(
    "distance of the boundary below the lowest better score, in mean log-probability",
  );
  expect(aboutKey("methods.my-own.train.learningRate")).toBe(aboutKey("stages.align.learningRate"));
});

test("a value's description is not taken for the key's, and what is unknown has none", () => {
  expect(aboutKey("methods.my-own.constraint")).toBeUndefined();
  expect(aboutKey("stages.sample.nothing.there")).toBeUndefined();
});

import { expect, test } from "vitest";
import { WorkerFailure } from "../../../../ts/bridge/index.ts";
import { stageError } from "../../../../ts/experiment/run/stage-errors.ts";

test("what the worker refuses is told with the stage in front, and its place in the request beside the method", () => {
  const refused = new WorkerFailure("model/load", "InvalidParams", -32602, "there is no device 'cuda:9'", {
    pointer: "/device",
    found: '"cuda:9"',
  });
  expect((stageError(refused, "vft seed 1", "/runs/artefacts") as Error).message).toBe(
    "vft seed 1: the worker, in model/load (/device): there is no device 'cuda:9'\n  found: \"cuda:9\"",
  );
});

test("a file that the worker cannot write stays in front", () => {
  const full = new WorkerFailure("model/save", "WriteFailed", -32010, "no space left", {
    path: "/runs/artefacts/vft-1/checkpoint/model.safetensors",
    errno: "ENOSPC",
  });
  expect((stageError(full, "vft seed 1", "/runs/artefacts") as Error).message).toMatch(
    /^\/runs\/artefacts\/vft-1\/checkpoint\/model\.safetensors: the worker, in model\/save: no space left\n {2}fix: free/,
  );
});

test("what another machine's rank does not find is no damage: it must see the folder", () => {
  const source = "/runs/artefacts/create-1/checkpoint";
  const missing = new WorkerFailure(
    "model/load",
    "ModelNotLoaded",
    -32001,
    "rank 1 on far: cannot load: there is no such folder",
    { source },
  );
  expect((stageError(missing, "vft seed 1", "/runs/artefacts") as Error).message).toContain(
    "\n  fix: the machine of rank 1 on far must see the same runs folder under the same path: --runs FOLDER",
  );
});

test("weights of an artefact that do not load are damage like another, those of a model elsewhere are not", () => {
  const refused = (source: string) =>
    stageError(
      new WorkerFailure("model/load", "ModelNotLoaded", -32001, "a weights file is cut short", { source }),
      "vft seed 1",
      "/runs/artefacts",
    ) as Error;
  expect(refused("/runs/artefacts/create-1/checkpoint").message).toBe(
    [
      "vft seed 1: the worker, in model/load: a weights file is cut short",
      "  fix: the artefact is damaged: remove the folder /runs/artefacts/create-1 and run the same command again; only it is made anew",
    ].join("\n"),
  );
  expect(refused("/models/mine").message).not.toContain("fix");
});

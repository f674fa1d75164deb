import { expect, test } from "vitest";
import { errorOf, load, smallest } from "./helpers.ts";

const withTracking = (tracking: string) => ({ "main.yaml": `${smallest}\ntracking: ${tracking}\n` });

test("event files are written unless they are switched off, and nothing else", async () => {
  expect((await load({ "main.yaml": smallest })).experiment.tracking).toEqual({ tensorboard: true });
  const { tracking } = (await load(withTracking("{tensorboard: false, mlflow: {}}"))).experiment;
  expect(tracking).toEqual({ tensorboard: false, mlflow: {} });
});

test("a password in an address is refused: it would stand in the run's record", async () => {
  expect(await errorOf(withTracking('{mlflow: {uri: "https://me:secret@host"}}'))).toContain(
    "tracking.mlflow.uri: an address with a user or a password in it",
  );
});

test("mistakes are told with the nearest name", async () => {
  expect(await errorOf(withTracking("{tensorbord: true}"))).toContain("did you mean: tensorboard");
  expect(await errorOf(withTracking("{wandb: {}}"))).toContain('missing key "project" in tracking.wandb');
});

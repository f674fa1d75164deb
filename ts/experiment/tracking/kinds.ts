import type { Params } from "../../bridge/index.ts";
import type { Experiment } from "../../config/index.ts";

export type TrackerKind = Params<"track/open">["kind"];

/** The trackers that an experiment asks for, each with what it is opened with. */
export function wantedTrackers({ name, tracking }: Experiment): [TrackerKind, Record<string, string>][] {
  const { tensorboard, wandb, mlflow, trackio } = tracking;
  const wanted: [TrackerKind, Record<string, string | undefined> | undefined][] = [
    ["tensorboard", tensorboard ? {} : undefined],
    ["wandb", wandb && { ...wandb }],
    ["mlflow", mlflow && { ...mlflow, experiment: mlflow.experiment ?? name }],
    ["trackio", trackio && { ...trackio }],
  ];
  return wanted.flatMap(([kind, settings]) => (settings === undefined ? [] : [[kind, given(settings)]]));
}

/** Without those left out. */
const given = (settings: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

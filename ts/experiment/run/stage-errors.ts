import { relative, sep } from "node:path";
import { isWorkerFailure, WorkerDied } from "../../bridge/index.ts";
import { AftError, Interrupted, type Problem } from "../../core/errors.ts";
import { shownPath } from "../../core/files.ts";

/** An error of a stage, with the stage's name, and what to do where the reason is a damaged artefact. */
export function stageError(error: unknown, label: string, storeRoot: string): unknown {
  if (!(error instanceof AftError) || error instanceof Interrupted) return error;
  // Weights that do not load: the worker says in the request's words which folder it was.
  const loaded = isWorkerFailure(error, "ModelNotLoaded") ? error.data.source : undefined;
  const problems = error.problems.map((problem): Problem => {
    const artefact = artefactOf(problem.where ?? loaded ?? "", storeRoot);
    const isDamaged = artefact !== undefined && (loaded !== undefined || error.exitCode === 2);
    // A full disk has its own advice, and does no harm to what was there.
    const advice = isDamaged && problem.fix === undefined;
    const fix = advice ? { fix: seenElsewhere(problem) ?? removing(artefact) } : fixOf(error, problem);
    return { ...problem, ...fix, where: problem.where ?? label };
  });
  return new AftError(problems, error.exitCode, { cause: error });
}

const removing = (artefact: string): string =>
  `the artefact is damaged: remove the folder ${shownPath(artefact)} and run the same command again; only it is made anew`;

/** Rank 0 is on the machine that wrote it; another one may be on a machine that does not see the folder. */
const seenElsewhere = ({ what }: Problem): string | undefined => {
  const rank = /\brank [1-9]\d* on \S+(?=:)/.exec(what)?.[0];
  return rank === undefined
    ? undefined
    : `the machine of ${rank} must see the same runs folder under the same path: --runs FOLDER, on a disk that all share`;
};

const fixOf = (error: AftError, { fix }: Problem): { fix?: string } => {
  if (!(error instanceof WorkerDied)) return {};
  const goesOn = "the same command goes on from what was saved";
  return { fix: fix === undefined ? goesOn : `${fix}; ${goesOn}` };
};

/** The folder of the artefact that a place (`file:row`) lies in. */
function artefactOf(where: string, storeRoot: string): string | undefined {
  if (where === "") return undefined;
  const [first = ""] = relative(storeRoot, where).split(sep);
  return first === "" || first === ".." || first === where ? undefined : `${storeRoot}${sep}${first}`;
}

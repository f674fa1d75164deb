import { relative, sep } from "node:path";
import { WorkerDied } from "../../bridge/index.ts";
import { AftError, Interrupted, type Problem } from "../../core/errors.ts";
import { shownPath } from "../../core/files.ts";

/** An error of a stage, with the stage's name, and what to do where the reason is a damaged artefact. */
export function stageError(error: unknown, label: string, storeRoot: string): unknown {
  if (!(error instanceof AftError) || error instanceof Interrupted) return error;
  const problems = error.problems.map((problem): Problem => {
    if (problem.where === undefined) return { ...problem, where: label, ...fixOf(error, problem) };
    const artefact = artefactOf(problem.where, storeRoot);
    // A full disk has its own advice, and does no harm to what was there.
    return artefact === undefined || problem.fix !== undefined || error.exitCode !== 2
      ? problem
      : {
          ...problem,
          fix: `the artefact is damaged: remove the folder ${shownPath(artefact)} and run the same command again; only it is made anew`,
        };
  });
  return new AftError(problems, error.exitCode, { cause: error });
}

const fixOf = (error: AftError, { fix }: Problem): { fix?: string } => {
  if (!(error instanceof WorkerDied)) return {};
  const goesOn = "the same command goes on from what was saved";
  return { fix: fix === undefined ? goesOn : `${fix}; ${goesOn}` };
};

/** The folder of the artefact that a place (`file:row`) lies in. */
function artefactOf(where: string, storeRoot: string): string | undefined {
  const [first = ""] = relative(storeRoot, where).split(sep);
  return first === "" || first === ".." || first === where ? undefined : `${storeRoot}${sep}${first}`;
}

/** What an artefact with a method's weights tells beside its steps, for the report. */
import { defined } from "../../core/defined.ts";
import { stages } from "../stages/index.ts";
import type { Search } from "../stages/search.ts";
import type { HeldOut } from "../step-record.ts";
import type { Artefact } from "../store/store.ts";
import type { BoundaryFacts } from "../train/boundary-facts.ts";
import type { TrainedFacts } from "../train/files.ts";

export interface MethodFacts extends Pick<TrainedFacts, "stopped" | "warnings"> {
  boundary?: BoundaryFacts;
  search?: Pick<Search, "parameter" | "chosen" | "points">;
  /** What was measured on the weights that it starts from. */
  before?: HeldOut;
}

export async function methodFacts(artefact: Artefact): Promise<MethodFacts> {
  const { boundary, stopped, warnings } = stages.search.factsOf(artefact);
  const found = await stages.search.files.search.read(artefact);
  const search = found && { parameter: found.parameter, chosen: found.chosen, points: found.points };
  const before = await stages.search.files.before.read(artefact);
  return defined({ boundary, search, before: before?.heldOut, stopped, warnings });
}

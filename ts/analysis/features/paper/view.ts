import { details, list, paragraph } from "../../document/blocks.ts";
import type { Feature } from "../feature.ts";
import { paperNotes } from "./numbers.ts";

/** What the paper says, for orientation. */
export const paper: Feature = {
  view: () =>
    details(
      "What the paper reports, and why it is not a target here",
      paragraph(
        "The column on the right and the lines below are the paper’s own numbers (arXiv 2309.02144), measured with other, far larger models on other data. They show the direction that the authors found; nothing in this run was made to match them.",
      ),
      list(paperNotes),
    ),
};

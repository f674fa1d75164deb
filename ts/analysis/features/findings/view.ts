import {
  badge,
  type Content,
  details,
  findings as findingsList,
  heading,
  paragraph,
} from "../../document/blocks.ts";
import { plural } from "../../format.ts";
import type { Diagnostic } from "../../generated/report.ts";
import type { Feature } from "../feature.ts";
import { catalogue, diagnostics } from "./numbers.ts";

/** What the numbers say, question by question; the most serious answers first. */
export const findings: Feature = {
  section: { id: "diagnostics", title: () => "What the numbers say" },
  numbers: diagnostics,
  view: ({ summary: { diagnostics: found } }) =>
    found.length === 0
      ? paragraph("There is nothing to compare in this run.")
      : catalogue
          .flatMap(({ ids }) => ids)
          .map(({ id, question }) =>
            answers(
              question,
              found.filter((finding) => finding.id === id),
            ),
          ),
};

/** So many of a level stand open: the same of one method after the other hides what is otherwise. */
const mostOpen = { warning: Number.POSITIVE_INFINITY, note: 4, fine: 2 };

function answers(question: string | undefined, found: readonly Diagnostic[]): Content {
  if (found.length === 0) return null;
  const levels = (["warning", "note", "fine"] as const).map((level) => ({
    level,
    ofLevel: found.filter((finding) => finding.level === level),
  }));
  const isOpen = ({ level, ofLevel }: (typeof levels)[number]): boolean => ofLevel.length <= mostOpen[level];
  const open = levels.filter(isOpen).flatMap(({ ofLevel }) => ofLevel);
  return [
    heading(question),
    open.length > 0 && listed(open),
    levels
      .filter((group) => !isOpen(group))
      .map(({ level, ofLevel }) =>
        details(
          level === "note" ? plural(ofLevel.length, "note") : `${ofLevel.length} findings that are fine`,
          listed(ofLevel),
        ),
      ),
  ];
}

const listed = (found: readonly Diagnostic[]): Content =>
  findingsList(found.map(({ level, text }) => ({ badge: badge(level, level), text })));

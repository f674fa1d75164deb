/** The questions of a run with their COTs, and the reader's own marks and notes. */
import { type AppData, html, notedQuestionsApp, type OwnNote, raw } from "../../analysis/index.ts";
import type { Page } from "../layout.ts";
import { linkTo, pageOfRun } from "../links.ts";

export function questionsPage(
  name: string,
  data: AppData | undefined,
  notes: readonly OwnNote[],
  { live }: { live: boolean },
): Page {
  const path = pageOfRun(name, "questions.html");
  const back = html`<p><a href="${linkTo(pageOfRun(name), path)}">The run</a>, <a href="${linkTo(pageOfRun(name, "report.html"), path)}">its report</a></p>`;
  return {
    path,
    title: `${name}: questions and COTs`,
    lead: back,
    hasApp: true,
    parts: [
      {
        id: "questions",
        content:
          data === undefined
            ? html`<p>The report of this run holds no questions: it was made with <code>report.examples: 0</code> or by an older version. With another number, <code>aft report</code> writes it anew.</p>`
            : html`<h2 class="unseen">Questions</h2>${raw(notedQuestionsApp(data.index, { address: live ? "notes" : null, notes }))}`,
      },
    ],
  };
}

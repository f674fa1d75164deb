import { fileSize } from "../core/bytes.ts";
import { inputError } from "../core/errors.ts";
import { sumOf } from "../core/sum.ts";
import { exportFormats, exportRun, type PushPlan, pushRun } from "../experiment/index.ts";
import { define } from "./definition.ts";
import { printLine } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressOn } from "./progress.ts";

export const exportFrom = define({
  positionals: { run: { type: "string", demandOption: true, describe: "a folder that aft run wrote" } },
  options: {
    to: { type: "string", describe: "a folder that is not there yet; may be left out with --push" },
    method: { type: "string", describe: "whose weights; may be left out when the run has one method" },
    seed: { type: "string", least: 0, describe: "of which seed; the first when left out" },
    data: {
      choices: exportFormats,
      describe: "the judged training samples of all rounds in another tool's format, in place of weights",
    },
    adapter: {
      type: "boolean",
      default: false,
      describe: "a LoRA adapter as it is; merged into its base's weights when left out",
    },
    push: {
      type: "string",
      describe: "publish on the Hugging Face hub as ORGANISATION/NAME; needs --private or --public",
    },
    private: {
      type: "boolean",
      default: false,
      describe: "with --push: for you and your organisation alone",
    },
    public: { type: "boolean", default: false, describe: "with --push: for all the world" },
    replace: {
      type: "boolean",
      default: false,
      describe: "with --push: commit over other content of the repository",
    },
    "dry-run": {
      type: "boolean",
      default: false,
      describe: "with --push: say what would go, and send nothing",
    },
  },
  async handler({ run, to, method, seed, data, adapter, push, replace, ...values }) {
    const options = { method, seed, data, adapter, progress: progressOn() };
    const visibility = visibilityOf({ push, replace, ...values });
    await untilInterrupted(async (signal) => {
      if (push === undefined || visibility === undefined) {
        if (to === undefined)
          throw inputError({
            what: "export to where?",
            expected: "--to FOLDER, or --push ORGANISATION/NAME",
          });
        for (const file of await exportRun(run, { ...options, to, signal })) printLine(file);
        return;
      }
      const dryRun = values["dry-run"];
      const announce = (plan: PushPlan): void => printLine(describePlan(plan, dryRun));
      const page = await pushRun(run, {
        ...options,
        to,
        name: push,
        visibility,
        replace,
        dryRun,
        announce,
        signal,
      });
      printLine(page === undefined ? "nothing was sent" : `done: ${page}`);
    });
  },
});

interface Wish {
  push: string | undefined;
  private: boolean;
  public: boolean;
  replace: boolean;
  "dry-run": boolean;
}

/** Who may see it is said by the user each time; undefined where nothing is pushed. */
function visibilityOf(wish: Wish): "private" | "public" | undefined {
  const more = (["private", "public", "replace", "dry-run"] as const).filter((name) => wish[name]);
  if (wish.push === undefined) {
    if (more.length === 0) return undefined;
    throw inputError({ what: `--${more[0]} goes with --push`, expected: "--push ORGANISATION/NAME" });
  }
  if (wish.private !== wish.public) return wish.private ? "private" : "public";
  throw inputError({
    what: "who may see what is pushed?",
    found: wish.private ? "--private and --public" : undefined,
    expected: "--private (you and your organisation) or --public (all the world)",
  });
}

function describePlan({ repository, page, visibility, files }: PushPlan, dryRun: boolean): string {
  const total = sumOf(files, ({ bytes }) => bytes);
  const widest = Math.max(...files.map(({ path }) => path.length));
  return [
    `${dryRun ? "would be" : "to be"} published: ${page} (${repository.type}, ${visibility}), ${files.length} files, ${fileSize(total)}`,
    ...files.map(({ path, bytes }) => `  ${path.padEnd(widest)}  ${fileSize(bytes)}`),
  ].join("\n");
}

/** Every page and file by its path, whoever asks: the server, or who writes them down. Only what a run is known to have is given. */
import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { dataFolder } from "../analysis/index.ts";
import { AftError } from "../core/errors.ts";
import { escapeText } from "../core/escape.ts";
import { shownPath } from "../core/files.ts";
import { type ComparedRuns, compareAside, Remembered, RunsWatch, runFiles } from "../experiment/index.ts";
import { type Page, renderPage } from "./layout.ts";
import { home, type Path, pageOfPair, pageOfRun, pairIn } from "./links.ts";
import { type ReadNotes, readNotes } from "./notes.ts";
import { comparePage } from "./pages/compare.ts";
import { listPage } from "./pages/list.ts";
import { questionsPage } from "./pages/questions.ts";
import { runPage } from "./pages/run.ts";
import { ownDataFolder, Questions } from "./questions.ts";
import { readSweep, sweepsOf } from "./sweeps.ts";

export type Content = { html: string } | { script: string } | { file: string };

export interface SiteOptions {
  runsDirectory: string;
  /** Pages keep themselves up to date, and notes can be written. */
  live: boolean;
  /** The runs that are shown, by name, a sweep's with all its cells; all when left out. */
  only?: readonly string[] | undefined;
  /** The page that shows two runs side by side, whichever stands first; undefined: there is none. */
  pairs?: (a: string, b: string) => Path | undefined;
}

export class Site {
  readonly watch: RunsWatch;
  private readonly options: SiteOptions;
  private readonly questions = new Questions();
  private readonly notes = new Remembered<ReadNotes>();
  private readonly comparisons = new Remembered<ComparedRuns>(8);

  constructor(options: SiteOptions) {
    this.options = options;
    this.watch = new RunsWatch(options.runsDirectory);
  }

  /** The runs that are shown. */
  async names(): Promise<string[]> {
    const { only } = this.options;
    const names = await this.watch.names();
    return only === undefined
      ? names
      : names.filter((name) => only.some((wanted) => name === wanted || name.startsWith(`${wanted}/`)));
  }

  /** Undefined: there is none of this path. */
  async contentOf(path: Path): Promise<Content | undefined> {
    const names = await this.names();
    if (path === home) return this.listOf(names);
    const pair = pairIn(path, names);
    if (pair !== undefined) return this.comparisonOf(...pair);
    const [name] = [...names, ...sweepsOf(names)]
      .filter((one) => path.startsWith(pageOfRun(one, "")))
      .sort((a, b) => b.length - a.length);
    if (name === undefined) return undefined;
    const file = path.slice(pageOfRun(name, "").length);
    if (file === runFiles.page || reportData.test(file)) return this.fileOf(name, file);
    if (!names.includes(name)) return undefined;
    if (file === "index.html") return this.runOf(name, names);
    if (file === "questions.html") return this.questionsOf(name);
    return file.startsWith(`${ownDataFolder}/`)
      ? this.scriptOf(name, file.slice(ownDataFolder.length + 1))
      : undefined;
  }

  /** The runs that can be compared with another. */
  async comparable(names: readonly string[]): Promise<string[]> {
    const ended = await Promise.all(names.map((name) => this.watch.hasEnded(name)));
    return names.filter((_, at) => ended[at]);
  }

  /** Of {@link ownDataFolder}. */
  async questionFiles(name: string): Promise<string[]> {
    const data = await this.questions.of(this.inRun(name));
    return data?.index.folder === ownDataFolder ? data.chunks.map(({ name: chunk }) => `${chunk}.js`) : [];
  }

  private notesOf(name: string): Promise<ReadNotes> {
    const folder = this.inRun(name);
    return this.notes.get(name, [join(folder, runFiles.notes)], () => readNotes(folder));
  }

  private pageOf(page: Page): Content {
    // Messages name files by their whole paths: where the folder lies is nobody's business who reads a published page.
    return {
      html: renderPage(page, this.options).replaceAll(`${escapeText(this.watch.directory)}${sep}`, ""),
    };
  }

  private async listOf(names: readonly string[]): Promise<Content> {
    const { runsDirectory, live } = this.options;
    const [runs, sweeps, notes] = await Promise.all([
      Promise.all(names.map((name) => this.watch.run(name))),
      Promise.all(sweepsOf(names).map((name) => readSweep(this.watch.directory, name))),
      Promise.all(names.map(async (name) => [name, (await this.notesOf(name)).notes.length] as const)),
    ]);
    // Elsewhere than on this machine its paths tell nothing.
    const folder = live ? shownPath(runsDirectory) : undefined;
    return this.pageOf(listPage({ runs, sweeps, notes: new Map(notes), folder, live }));
  }

  private async runOf(name: string, names: readonly string[]): Promise<Content> {
    const { pairs = pageOfPair } = this.options;
    const [run, { stages, trainings }, { notes, damaged }, comparable] = await Promise.all([
      this.watch.run(name),
      this.watch.stages(name),
      this.notesOf(name),
      this.comparable(names),
    ]);
    const others = (run.record === undefined ? [] : comparable)
      .filter((other) => other !== name)
      .flatMap((other) => {
        const page = pairs(name, other);
        return page === undefined ? [] : [{ name: other, page }];
      });
    return this.pageOf(runPage({ run, stages, trainings, others, notes: { count: notes.length, damaged } }));
  }

  private async questionsOf(name: string): Promise<Content> {
    const report = await this.fileOf(name, runFiles.page);
    const [data, { notes }] = await Promise.all([
      report && this.questions.of(this.inRun(name)),
      this.notesOf(name),
    ]);
    return this.pageOf(questionsPage(name, data, notes, this.options));
  }

  private async scriptOf(name: string, file: string): Promise<Content | undefined> {
    if ((await this.fileOf(name, runFiles.page)) === undefined) return undefined;
    const script = await this.questions.script(this.inRun(name), file);
    return script === undefined ? undefined : { script };
  }

  private async comparisonOf(a: string, b: string): Promise<Content> {
    const folders = [a, b].map((name) => this.inRun(name));
    const records = folders.map((folder) => join(folder, runFiles.record));
    const [left, right] = await Promise.all([a, b].map((name) => this.watch.stages(name)));
    const compared = await this.comparisons
      .get(`${a}\n${b}`, records, () => compareAside(folders[0]!, folders[1]!))
      .catch((error: unknown) => {
        // What cannot be read of a run is no reason to show nothing of the others.
        if (error instanceof AftError) return error;
        throw error;
      });
    const trainings = { a: left!.trainings, b: right!.trainings };
    const { live } = this.options;
    return this.pageOf(comparePage({ a, b, compared, trainings, live }));
  }

  /** Undefined where there is no such file, or it is a link that leads out of the folder of runs. */
  private async fileOf(name: string, file: string): Promise<{ file: string } | undefined> {
    const path = await realpath(join(this.inRun(name), file)).catch(() => undefined);
    const root = await realpath(this.watch.directory);
    return path?.startsWith(root + sep) && (await stat(path)).isFile() ? { file: path } : undefined;
  }

  private inRun(name: string): string {
    return join(this.watch.directory, name);
  }
}

/** What a large report reads its texts from. */
const reportData = new RegExp(`^${dataFolder}/(texts|samples)-\\d+\\.js$`);

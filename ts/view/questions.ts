/** The questions of a run's report, with the reader's notes: the texts stay where the report has them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AppData, appDataIn, chunkScript, dataFolder } from "../analysis/index.ts";
import { Remembered, runFiles } from "../experiment/index.ts";

/** Where the texts lie that a report holds in its page. */
export const ownDataFolder = "questions-data";

export class Questions {
  /** A report's texts are up to 20 MB. */
  private readonly read = new Remembered<AppData | undefined>(3);

  /** Undefined: the report has none. The folder is that beside its page. */
  async of(runDirectory: string): Promise<AppData | undefined> {
    const page = join(runDirectory, runFiles.page);
    const data = await this.read.get(runDirectory, [page], async () =>
      appDataIn(await readFile(page, "utf8")),
    );
    return (
      data && {
        ...data,
        index: { ...data.index, folder: data.index.folder === null ? ownDataFolder : dataFolder },
      }
    );
  }

  /** A file of {@link ownDataFolder}. */
  async script(runDirectory: string, file: string): Promise<string | undefined> {
    const data = await this.of(runDirectory);
    const chunk = data?.chunks.find(({ name }) => `${name}.js` === file);
    return chunk && chunkScript(data!.index.stamp, chunk);
  }
}

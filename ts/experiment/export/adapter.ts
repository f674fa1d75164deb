/** Taking a LoRA adapter out of the store: merged into its base, or as it is. */
import { existsSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { z } from "zod";
import { ensurePython, startWorker } from "../../bridge/index.ts";
import { defined } from "../../core/defined.ts";
import { inputError } from "../../core/errors.ts";
import { writeFileAtomic } from "../../core/files.ts";
import { type ProgressSink, silent } from "../../core/progress.ts";

const configFile = "adapter_config.json";
const baseFile = "base_model.json";

/** What the worker wrote beside an adapter: where its base lies. */
const baseSchema = z.looseObject({
  source: z.string(),
  relative: z
    .string()
    .optional()
    .meta({ description: "from the adapter's folder; of a base that is a folder" }),
});

export const holdsAdapter = (checkpoint: string): boolean => existsSync(join(checkpoint, configFile));

/** Whole weights, of base and adapter together; made by a worker of its own on the CPU. */
export async function mergeAdapter(
  checkpoint: string,
  to: string,
  { progress = silent, signal }: { progress?: ProgressSink; signal?: AbortSignal },
): Promise<void> {
  const cancellable = defined({ signal });
  const python = await ensurePython({ progress, ...cancellable });
  const worker = await startWorker({ transport: "stdio", python, ...cancellable });
  try {
    const places = { source: resolve(checkpoint), directory: resolve(to) };
    await worker.request("model/merge", places, cancellable);
  } finally {
    await worker.close();
  }
}

/**
 * The adapter's own files. In its new place it names its base by hub id or absolute path, for peft as well, which
 * knows nothing of our file; `target` is where the filled folder will lie.
 */
export async function copyAdapter(checkpoint: string, to: string, target: string): Promise<void> {
  await cp(checkpoint, to, { recursive: true });
  const base = await readJson(join(checkpoint, baseFile), baseSchema);
  const beside = base.relative === undefined ? undefined : resolve(checkpoint, base.relative);
  const source = beside !== undefined && existsSync(beside) ? beside : base.source;
  const moved = { ...base, source, ...defined({ relative: beside && relative(target, source) }) };
  await writeJson(join(to, baseFile), moved);
  const config = await readJson(join(checkpoint, configFile), z.looseObject({}));
  await writeJson(join(to, configFile), { ...config, base_model_name_or_path: source });
}

/** Where an exported adapter's base lies: a hub id or an absolute path. */
export const baseOfAdapter = async (folder: string): Promise<string> =>
  (await readJson(join(folder, baseFile), baseSchema)).source;

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw inputError({ what: "a file of the adapter is missing or damaged", where: file }, { cause: error });
  }
}

const writeJson = (file: string, value: unknown): Promise<void> =>
  writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`);

/** The files of artefacts and runs. Each is declared once, with what it holds; who writes and who reads it use its declaration. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { type AppendFile, openAppend } from "../../core/append.ts";
import { digestOf } from "../../core/digest.ts";
import { inputError } from "../../core/errors.ts";
import { shownPath, writeFileAtomic } from "../../core/files.ts";
import { type Row, readJsonl, readRows, writeJsonl } from "../../core/jsonl.ts";

/** An artefact, the folder of one that is being made, or that of a run. */
export interface Place {
  directory: string;
}

class ArtefactFile<T> {
  readonly name: string;
  protected readonly schema: z.ZodType<T>;

  constructor(name: string, schema: z.ZodType<T>) {
    this.name = name;
    this.schema = schema;
  }

  pathIn({ directory }: Place): string {
    return join(directory, this.name);
  }

  isIn(place: Place): boolean {
    return existsSync(this.pathIn(place));
  }
}

/** A file of records, one a line. */
export class RowsFile<T> extends ArtefactFile<T> {
  read(place: Place): Promise<T[]> {
    return readJsonl(this.pathIn(place), this.schema);
  }

  /** The rows of several artefacts, one after the other. */
  async readAll(places: readonly Place[]): Promise<T[]> {
    return (await Promise.all(places.map((place) => this.read(place)))).flat();
  }

  /** With each row's place, for checks across rows that must name one. */
  readRows(place: Place): Promise<Row<T>[]> {
    return readRows(this.pathIn(place), this.schema);
  }

  /** All rows or none. */
  write(place: Place, rows: Iterable<T>): Promise<void> {
    return writeJsonl(this.pathIn(place), rows);
  }

  /**
   * For rows that are written as they come; what a crash tore, or is no more what was written, is cut off first and told.
   * A row is written as it will be read, its fields in the schema's order: read and written again it is the same.
   */
  async append(place: Place, tell: Tell): Promise<AppendFile<T>> {
    const file = await openAppend<T>(this.pathIn(place), tell);
    const asRead = (rows: readonly T[]): T[] => rows.map((row) => this.schema.parse(row));
    return {
      append: (rows) => file.append(asRead(rows)),
      replace: (rows) => file.replace(asRead(rows)),
      close: () => file.close(),
    };
  }
}

/** Takes one line for the user. */
type Tell = (text: string) => void;

/** A file that holds one object, and that not every artefact of its stage has. */
export class JsonFile<T> extends ArtefactFile<T> {
  private readonly seal: string | undefined;

  /** @param seal the field for the digest of all the rest; a file of an older version may have none */
  constructor(name: string, schema: z.ZodType<T>, { seal }: { seal?: string } = {}) {
    super(name, schema);
    this.seal = seal;
  }

  /** undefined: there is no such file. */
  async read(place: Place): Promise<T | undefined> {
    if (!this.isIn(place)) return undefined;
    const file = this.pathIn(place);
    try {
      return this.schema.parse(this.opened(JSON.parse(await readFile(file, "utf8"))));
    } catch (error) {
      throw inputError({ what: "the file of an artefact is damaged", where: file }, { cause: error });
    }
  }

  /** What an earlier process left, to go on from; undefined: none, or it is no more what was written, which is told. */
  async takeUp(place: Place, tell: Tell): Promise<T | undefined> {
    const value = await this.find(place);
    if (value === undefined && this.isIn(place))
      tell(`${shownPath(this.pathIn(place))}: is damaged; making it again`);
    return value;
  }

  private opened(value: unknown): unknown {
    if (this.seal === undefined || typeof value !== "object" || value === null || !(this.seal in value))
      return value;
    const { [this.seal]: digest, ...rest } = value as Record<string, unknown>;
    if (digest !== digestOf(rest)) throw new Error(`it is not what its ${this.seal} says`);
    return rest;
  }

  /** undefined: there is no such file, or it holds something else. */
  find(place: Place): Promise<T | undefined> {
    return this.read(place).catch(() => undefined);
  }

  write(place: Place, value: T, indent?: number): Promise<void> {
    const sealed = this.seal === undefined ? value : { ...value, [this.seal]: digestOf(value) };
    return writeFileAtomic(this.pathIn(place), `${JSON.stringify(sealed, null, indent)}\n`);
  }
}

/** Of an artefact that has weights: the folder that they lie in, in Hugging Face format. */
export const weightsFolder = "checkpoint";

export const weightsIn = ({ directory }: Place): string => join(directory, weightsFolder);

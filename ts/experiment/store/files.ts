/** The files of artefacts and runs. Each is declared once, with what it holds; who writes and who reads it use its declaration. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { inputError } from "../../core/errors.ts";
import { writeFileAtomic } from "../../core/files.ts";
import { type AppendFile, openAppend, type Row, readJsonl, readRows, writeJsonl } from "../../core/jsonl.ts";

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

  /** For rows that are written as they come; a line that a crash tore is cut off first. */
  append(place: Place): Promise<AppendFile<T>> {
    return openAppend(this.pathIn(place));
  }
}

/** A file that holds one object, and that not every artefact of its stage has. */
export class JsonFile<T> extends ArtefactFile<T> {
  /** undefined: there is no such file. */
  async read(place: Place): Promise<T | undefined> {
    if (!this.isIn(place)) return undefined;
    const file = this.pathIn(place);
    try {
      return this.schema.parse(JSON.parse(await readFile(file, "utf8")));
    } catch (error) {
      throw inputError({ what: "the file of an artefact is damaged", where: file }, { cause: error });
    }
  }

  /** undefined: there is no such file, or it holds something else. */
  find(place: Place): Promise<T | undefined> {
    return this.read(place).catch(() => undefined);
  }

  write(place: Place, value: T, indent?: number): Promise<void> {
    return writeFileAtomic(this.pathIn(place), `${JSON.stringify(value, null, indent)}\n`);
  }
}

/** Of an artefact that has weights: the folder that they lie in, in Hugging Face format. */
export const weightsFolder = "checkpoint";

export const weightsIn = ({ directory }: Place): string => join(directory, weightsFolder);

/**
 * Reads the page's data: the index at once, chunks when they are asked for, each once. A chunk lies in the page or, where
 * the page would be too large, in a script beside it: pages opened from a disk may load scripts and nothing else.
 */
import type { ChunkPlace, PackedIndex } from "../analysis/features/questions/packed.ts";
import type { Chunk, ReadChunk } from "./unpack.ts";

declare global {
  interface Window {
    /** Called by the scripts beside the page. */
    aftReportData?: (stamp: string, name: string, chunk: Chunk) => void;
  }
}

export function readIndex(): PackedIndex | undefined {
  const element = document.getElementById("data-index");
  return element === null ? undefined : JSON.parse(element.textContent ?? "");
}

export function chunkReader({ stamp, folder }: PackedIndex): ReadChunk {
  const reading = new Map<string, Promise<Chunk>>();
  const read = folder === null ? readInPage : readerBeside(stamp, folder);
  return <Kind extends Chunk>(name: string) => {
    let chunk = reading.get(name);
    if (chunk === undefined) {
      chunk = read(name);
      // What could not be read is tried again when it is asked for again.
      chunk.catch(() => reading.delete(name));
      reading.set(name, chunk);
    }
    return chunk as Promise<Kind>;
  };
}

async function readInPage(name: string): Promise<Chunk> {
  const element = document.getElementById(`data-${name}`);
  if (element === null) throw new Error(`this page has lost its part ${name}`);
  const chunk: Chunk = JSON.parse(element.textContent ?? "");
  // It is kept parsed; as text it is not needed again.
  element.remove();
  return chunk;
}

function readerBeside(stamp: string, folder: string): (name: string) => Promise<Chunk> {
  const waiting = new Map<string, (chunk: Chunk) => void>();
  window.aftReportData = (stampOfChunk, name, chunk) => {
    if (stampOfChunk === stamp) waiting.get(name)?.(chunk);
  };
  return (name) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${folder}/${name}.js`;
      waiting.set(name, resolve);
      const fail = (reason: string): void => {
        script.remove();
        reject(new Error(`${folder}/${name}.js ${reason}`));
      };
      // Does nothing where the chunk has come.
      script.onload = () => fail("belongs to another report: copy the page and its folder together");
      script.onerror = () => fail(`cannot be read: the folder ${folder} must lie beside this page`);
      document.head.append(script);
    });
}

/** Where a question lies: the chunk, and its row there. */
export function placeOf(places: ChunkPlace[], q: number): { name: string; row: number } | undefined {
  const place = places.find(({ first, count }) => q >= first && q < first + count);
  return place && { name: place.name, row: q - place.first };
}

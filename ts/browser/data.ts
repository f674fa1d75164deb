/**
 * Reads the page's data: the index at once, chunks when they are asked for, each once. A chunk lies in the page or, where
 * the page would be too large, in a script beside it: pages opened from a disk may load scripts and nothing else.
 * @typedef {import("../packed.ts").PackedIndex} PackedIndex
 * @typedef {import("../packed.ts").ChunkPlace} ChunkPlace
 */

/** @returns {PackedIndex | undefined} */
export function readIndex() {
  const element = document.getElementById("data-index");
  return element === null ? undefined : JSON.parse(element.textContent ?? "");
}

/** @param {PackedIndex} index */
export function chunkReader({ stamp, folder }) {
  /** @type {Map<string, Promise<any>>} */
  const read = new Map();
  /** @type {Map<string, (chunk: any) => void>} */
  const waiting = new Map();
  if (folder !== null)
    Object.assign(window, {
      /** @param {string} of @param {string} name @param {unknown} chunk */
      aftReportData(of, name, chunk) {
        if (of === stamp) waiting.get(name)?.(chunk);
      },
    });

  /** @param {string} name @returns {Promise<any>} */
  const inPage = async (name) => {
    const element = document.getElementById(`data-${name}`);
    if (element === null) throw new Error(`this page has lost its part ${name}`);
    const chunk = JSON.parse(element.textContent ?? "");
    // It is kept parsed; as text it is not needed again.
    element.remove();
    return chunk;
  };

  /** @param {string} name @returns {Promise<any>} */
  const beside = (name) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${folder}/${name}.js`;
      waiting.set(name, resolve);
      script.onload = () => {
        script.remove();
        // Does nothing where the chunk has come.
        reject(
          new Error(`${folder}/${name}.js belongs to another report: copy the page and its folder together`),
        );
      };
      script.onerror = () => {
        script.remove();
        reject(
          new Error(`${folder}/${name}.js cannot be read: the folder ${folder} must lie beside this page`),
        );
      };
      document.head.append(script);
    });

  /**
   * @param {string} name
   * @returns {Promise<any>}
   */
  return (name) => {
    let chunk = read.get(name);
    if (chunk === undefined) {
      chunk = folder === null ? inPage(name) : beside(name);
      // What could not be read is tried again when it is asked for again.
      chunk.catch(() => read.delete(name));
      read.set(name, chunk);
    }
    return chunk;
  };
}

/**
 * Where a question lies: the chunk, and its row there.
 * @param {ChunkPlace[]} places
 * @param {number} q
 */
export function placeOf(places, q) {
  const place = places.find(({ first, count }) => q >= first && q < first + count);
  return place === undefined ? undefined : { name: place.name, row: q - place.first };
}

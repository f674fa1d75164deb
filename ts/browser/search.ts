/**
 * @typedef {import("../packed.ts").TextChunk} TextChunk
 * @typedef {import("../packed.ts").SampleChunk} SampleChunk
 * @typedef {{ seed: number, arms: number[] }} Within the seed's place, and its arms
 */

/** Matches a text as it stands, large and small letters alike. @param {string} text */
const pattern = (text) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "iu");

/** The places of a chunk's texts that hold what is sought: each text is looked at once. @param {string[]} strings @param {string} text */
function placesOf(strings, text) {
  const sought = pattern(text);
  const places = new Set();
  for (let at = 0; at < strings.length; at++) if (sought.test(strings[at] ?? "")) places.add(at);
  return places;
}

/**
 * The rows whose question, reference or greedy COT holds the text.
 * @param {TextChunk} chunk
 * @param {string} text
 * @param {Within} within
 */
export function rowsWithText({ strings, rows }, text, { arms }) {
  const places = placesOf(strings, text);
  if (places.size === 0) return [];
  return rows.flatMap(([question, , reference, , greedy], row) =>
    places.has(question) || places.has(reference) || arms.some((arm) => places.has(greedy[arm]?.[0]))
      ? [row]
      : [],
  );
}

/**
 * The rows with a sampled COT that holds the text.
 * @param {SampleChunk} chunk
 * @param {string} text
 * @param {Within} within
 */
export function rowsWithSample({ strings, rows }, text, { seed, arms }) {
  const places = placesOf(strings, text);
  if (places.size === 0) return [];
  return rows.flatMap((packed, row) => {
    if (packed === null) return [];
    const [vft, , own] = packed;
    /** @param {import("../packed.ts").PackedCot[] | undefined} cots */
    const holds = (cots) => cots?.some(([at]) => places.has(at)) === true;
    return holds(vft[seed]) || arms.some((arm) => holds(own[arm])) ? [row] : [];
  });
}

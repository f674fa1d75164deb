/** Tables that grow with a file's rows and hold no object a row: millions of rows in some tens of megabytes. */

type Numbers = Float64Array | Uint32Array | Uint16Array | Int32Array;

const grown = <A extends Numbers>(values: A, length: number): A => {
  const larger = new (values.constructor as new (length: number) => A)(length);
  larger.set(values);
  return larger;
};

/** Numbers in a row, to whose end more can be put. */
export class Column<A extends Numbers> {
  #values: A;
  #size = 0;

  constructor(values: new (length: number) => A) {
    this.#values = new values(256);
  }

  get size(): number {
    return this.#size;
  }

  push(value: number): void {
    if (this.#size === this.#values.length) this.#values = grown(this.#values, 2 * this.#size);
    this.#values[this.#size++] = value;
  }

  at(number: number): number {
    return this.#values[number]!;
  }

  set(number: number, value: number): void {
    this.#values[number] = value;
  }

  /** As they are now; the column's own as long as nothing is put to it. */
  get values(): A {
    return this.#values.subarray(0, this.#size) as A;
  }
}

/** Different texts, numbered from 0 as they come, found again by an open hash table over their UTF-16 units. */
export class TextTable {
  #units = new Uint16Array(4096);
  readonly #ends = new Column(Uint32Array);
  /** The number of a text, and one more: 0 is an empty place. At most half of the places are taken. */
  #places = new Uint32Array(1024);

  get size(): number {
    return this.#ends.size;
  }

  /** The number of a text; undefined: it is not there. */
  find(text: string): number | undefined {
    const held = this.#places[this.#placeOf(text)]!;
    return held === 0 ? undefined : held - 1;
  }

  /** The number of a text, which is the table's former size where it is new. */
  add(text: string): number {
    const place = this.#placeOf(text);
    const held = this.#places[place]!;
    if (held > 0) return held - 1;
    const number = this.size;
    const start = this.#startOf(number);
    const end = start + text.length;
    if (end > this.#units.length) this.#units = grown(this.#units, Math.max(end, 2 * this.#units.length));
    for (let at = 0; at < text.length; at++) this.#units[start + at] = text.charCodeAt(at);
    this.#ends.push(end);
    this.#places[place] = number + 1;
    if (2 * this.size > this.#places.length) this.#spread();
    return number;
  }

  at(number: number): string {
    const pieces: string[] = [];
    const end = this.#ends.at(number);
    for (let start = this.#startOf(number); start < end; start += 4096)
      pieces.push(String.fromCharCode(...this.#units.subarray(start, Math.min(end, start + 4096))));
    return pieces.join("");
  }

  *[Symbol.iterator](): Generator<string> {
    for (let number = 0; number < this.size; number++) yield this.at(number);
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : this.#ends.at(number - 1);
  }

  /** Where a text is, or would be put. */
  #placeOf(text: string): number {
    let hash = 0x811c9dc5;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    return this.#probe(hash, (number) => this.#is(number, text));
  }

  #probe(hash: number, isSame: (number: number) => boolean): number {
    const mask = this.#places.length - 1;
    for (let place = (hash ^ (hash >>> 15)) & mask; ; place = (place + 1) & mask) {
      const held = this.#places[place]!;
      if (held === 0 || isSame(held - 1)) return place;
    }
  }

  #is(number: number, text: string): boolean {
    const start = this.#startOf(number);
    if (this.#ends.at(number) - start !== text.length) return false;
    for (let at = 0; at < text.length; at++)
      if (this.#units[start + at] !== text.charCodeAt(at)) return false;
    return true;
  }

  #spread(): void {
    this.#places = new Uint32Array(2 * this.#places.length);
    for (let number = 0; number < this.size; number++) {
      let hash = 0x811c9dc5;
      for (let at = this.#startOf(number); at < this.#ends.at(number); at++)
        hash = Math.imul(hash ^ this.#units[at]!, 0x01000193);
      this.#places[this.#probe(hash, () => false)] = number + 1;
    }
  }
}

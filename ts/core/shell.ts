/** A word as a POSIX shell takes it; one that means the same without quotes stays as it is. */
export const shellWord = (word: string): string =>
  /^[\w./=:@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

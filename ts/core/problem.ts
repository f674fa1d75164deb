/** What a user-facing error says. Every part that is known is printed, each on its own line. */
export interface Problem {
  /** What is wrong, in one sentence. */
  what: string;
  /** `file:line:column`, `file:row`, or a JSON pointer. */
  where?: string | undefined;
  /** The value found, as the user wrote it. */
  found?: unknown;
  /** What would have been accepted. */
  expected?: string | undefined;
  /** The nearest valid name, where a name was mistaken. */
  nearest?: string | undefined;
  /** What to do about it. */
  fix?: string | undefined;
  /** Which others are like it, in words, where they are not told one by one. */
  alike?: string | undefined;
}

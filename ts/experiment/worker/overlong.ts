/** What is longer than a model takes, found before hours of work are spent on what comes before it. */
import type { TrainGroup } from "../../bridge/index.ts";
import { failure } from "../../core/errors.ts";

export interface Piece {
  id: string;
  /** Tokenised apart, and given to the model one after the other. */
  texts: readonly string[];
}

export interface Overlong {
  id: string;
  tokens: number;
}

/**
 * The pieces that have more than `limit` tokens with the one that ends a response, the longest first; none where the
 * model states no limit (0). A token is a byte at least, so that only what has more bytes than that is tokenised. Not
 * counted is a BOS: what is said here is certain, and one token too many may still show only when its turn comes.
 */
export async function overlong(
  pieces: readonly Piece[],
  limit: number,
  count: (texts: readonly string[]) => Promise<readonly number[]>,
): Promise<Overlong[]> {
  if (limit === 0) return [];
  const bytes = ({ texts }: Piece): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const suspects = pieces.filter((piece) => bytes(piece) >= limit);
  if (suspects.length === 0) return [];
  const counts = (await count(suspects.flatMap(({ texts }) => texts))).values();
  return suspects
    .map(({ id, texts }) => ({ id, tokens: texts.reduce((sum) => sum + counts.next().value!, 1) }))
    .filter(({ tokens }) => tokens > limit)
    .sort((a, b) => b.tokens - a.tokens);
}

/** Stops a training that would come to such a piece, before its first step. */
export async function refuseOverlong(
  groups: readonly TrainGroup[],
  limit: number,
  count: (texts: readonly string[]) => Promise<readonly number[]>,
): Promise<void> {
  const pieces = groups.flatMap(({ id, prompt, responses }) =>
    responses.map(({ text }) => ({ id, texts: [prompt, text] })),
  );
  const refused = await overlong(pieces, limit, count);
  if (refused.length === 0) return;
  const shown = refused.slice(0, 3).map(({ id, tokens }) => `${id}: ${tokens} tokens`);
  throw failure({
    what: `${refused.length} of ${pieces.length} solutions are with their prompts longer than the model takes`,
    found: [...shown, ...(refused.length > 3 ? ["..."] : [])].join(", "),
    expected: `at most ${limit} tokens, prompt and solution together`,
    fix: "take a model with more positions (model.create.maxPositions, where it is made from scratch), or leave these questions out of the data",
  });
}

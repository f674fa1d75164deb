import { decimal, lightOf, mix, white } from "../analysis/index.ts";
import { escapeText } from "../core/escape.ts";
import type { ResponseScore } from "./live.ts";
import { picture, type Shown } from "./show.ts";

const width = 860;
const letter = 7.8;
const lineHeight = 27;
const padding = 5;

/** Of log P a token (nats) that is shown in the strongest colour; what lies lower looks the same. */
const lowest = -4;

/** A response to show, with a heading of its own. */
export interface TitledResponse extends ResponseScore {
  /** What stands above it. */
  title: string;
}

/**
 * Responses token by token: the redder a token, the less likely the model finds it after what stands before it (white: P
 * is 1; the strongest red: log P of −4 and below). Beneath a token of P below one half stands its P in percent.
 */
export function tokensChart(responses: readonly TitledResponse[]): Shown {
  let y = 8;
  const parts: string[] = [];
  for (const response of responses) {
    const heading = `${response.title}: score ${decimal(response.score)}`;
    parts.push(`<text x="8" y="${y + 14}" font-weight="650">${escapeText(heading)}</text>`);
    const drawn = drawTokens(response.tokens, y + 26);
    parts.push(drawn.svg);
    y = drawn.bottom + 16;
  }
  const title = "Responses, token by token";
  return picture(
    [
      `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="tokens-title" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" font-family="system-ui, sans-serif" font-size="13" fill="#1f2328">`,
      `<title id="tokens-title">${title}</title>`,
      ...parts,
      "</svg>",
    ].join(""),
    responses.map(inWords).join("\n"),
  );
}

const inWords = ({ title, score, tokens }: TitledResponse): string =>
  `${title}: score ${decimal(score)}\n${tokens.map(({ text, logprob }) => `${shownToken(text)} (${percentOf(logprob)})`).join(" ")}`;

/** Never empty: a line's end and a space have signs of their own. */
const shownToken = (text: string): string => text.replaceAll("\n", "⏎").trim() || "␣";

const percentOf = (logprob: number): string => {
  const percent = 100 * Math.exp(logprob);
  return `${percent < 1 ? percent.toPrecision(1) : percent.toFixed(0)} %`;
};

function drawTokens(tokens: ResponseScore["tokens"], top: number): { svg: string; bottom: number } {
  let x = 8;
  let y = top;
  const parts = tokens.map(({ text, logprob }) => {
    const shown = shownToken(text);
    const box = letter * [...shown].length + 2 * padding;
    if (x + box > width - 8 && x > 8) {
      x = 8;
      y += lineHeight + 10;
    }
    const at = x;
    x += box + 3;
    const below =
      logprob < Math.log(0.5)
        ? `<text x="${(at + box / 2).toFixed(1)}" y="${y + 31}" font-size="9" text-anchor="middle">${percentOf(logprob)}</text>`
        : "";
    return (
      `<rect x="${at.toFixed(1)}" y="${y}" width="${box.toFixed(1)}" height="21" rx="3" fill="${colourOf(logprob)}" stroke="#d0d7de" stroke-width="0.6"/>` +
      `<text x="${(at + padding).toFixed(1)}" y="${y + 15}" font-family="ui-monospace, Consolas, monospace" xml:space="preserve">${escapeText(shown)}</text>${below}`
    );
  });
  return { svg: parts.join(""), bottom: y + lineHeight + 10 };
}

/** From white (log P of 0) to the palette's colour of wrong solutions. */
function colourOf(logprob: number): string {
  const share = Math.min(1, Math.max(0, Number.isNaN(logprob) ? 1 : logprob / lowest));
  return mix(white, lightOf("negative"), share);
}

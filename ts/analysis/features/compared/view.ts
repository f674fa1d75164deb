import { type Content, facts, heading, note, tableOf } from "../../document/blocks.ts";
import type { MethodSummary } from "../../generated/report.ts";
import { describeMethod, givenNumbers, ownBetas } from "../../run/method-words.ts";
import { termsOf } from "../../words/index.ts";
import type { Feature } from "../feature.ts";

/** The methods in words, before any of their numbers, and the words themselves. */
export const compared: Feature = {
  section: { id: "compared", title: ({ methods }) => comparedTitle(methods) },
  view: ({ summary }) => comparedMethods(summary.methods),
};

export const comparedTitle = (methods: readonly MethodSummary[]): string =>
  methods.length === 1 ? "What is measured" : "What is compared";

export function comparedMethods(methods: readonly MethodSummary[]): Content {
  if (methods.length === 0) return null;
  return [
    tableOf(
      methods,
      [
        ["Method", ({ label }) => label],
        ["what it does", describeMethod, "text"],
        methods.some((method) => givenNumbers(method) !== "") && ["its settings", givenNumbers, "text"],
      ],
      {
        label: "Methods",
        caption:
          methods.length === 1
            ? "The model, and how it was trained further"
            : "Each method goes on from the same model for the same number of steps, but where its settings say otherwise",
      },
    ),
    methods.some((method) => method.settings.weight !== undefined) && note(settingsNote(methods)),
    heading("What the words mean"),
    facts(
      termsOf(methods).flatMap(({ term, also, meaning }): [string, string][] =>
        meaning === undefined ? [] : [[named(term, also), meaning]],
      ),
    ),
  ];
}

/** `continued VFT (in tables “VFT, continued”)` */
const named = (term: string, [label = term]: readonly string[] = []): string =>
  label === term ? term : `${term} (in tables “${label}”)`;

const settingsNote = (methods: readonly MethodSummary[]): string =>
  [
    "weight: how much the method’s own loss counts beside the VFT loss on the reference. beta: how far below the lowest right solution the boundary lies, in mean log-probability a token; a larger one lets wrong solutions sink further.",
    ...ownBetas(methods),
    methods.some(({ settings }) => settings.train !== undefined) &&
      "Other settings differ from the training that all others share.",
  ]
    .filter(Boolean)
    .join(" ");

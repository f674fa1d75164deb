import { z } from "zod";

/** Forms of text, each with the words that an error uses instead of the regular expression. */
const slugForm = /^[a-z0-9][a-z0-9-]*$/;
const hubForm = /^[\w.-]+(\/[\w.-]+)?$/;
const deviceForm = /^(auto|cpu|cuda(:\d+)?|mps)$/;

/** Less than what a file system takes: the cells of a sweep and files beside a folder have names that are longer. */
export const longestName = 150;

/** Names that become folders, files and table rows. */
export const slug = z
  .string()
  .regex(slugForm)
  .refine((name) => name.length <= longestName, {
    message: "this name is too long for a folder",
    params: { expected: `at most ${longestName} characters` },
  });
export const hubName = z.string().regex(hubForm);
export const device = z.string().regex(deviceForm);

/** In the folder of runs: what all experiments share, so that no run can have it. */
export const artefactsFolder = "artefacts";

/** The name of an experiment, which is that of its folder too. */
export const runName = slug.refine((name) => name !== artefactsFolder, {
  message: "this name is taken: the folder that it would give holds the artefacts of all experiments",
  params: { expected: `another name than ${artefactsFolder}, the only one that is taken` },
});

export const slugPattern = slugForm.source;

/** The text with all but letters and digits made dashes; empty when nothing is left. */
export const asSlug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");

export const formInWords: ReadonlyMap<string, string> = new Map([
  [slugForm.source, "lower-case letters, digits and dashes"],
  [hubForm.source, "a hub name such as organisation/name"],
  [deviceForm.source, "auto, cpu, cuda, cuda:N or mps"],
]);

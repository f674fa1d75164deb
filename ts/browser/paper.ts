/** On paper every printed example is open, as there is nothing to press. */
export function openExamplesOnPaper(): void {
  const examples = [...document.querySelectorAll<HTMLDetailsElement>(".printed-examples details")];
  let before: boolean[] = [];
  addEventListener("beforeprint", () => {
    before = examples.map(({ open }) => open);
    for (const example of examples) example.open = true;
  });
  addEventListener("afterprint", () => {
    for (const [at, example] of examples.entries()) example.open = before[at] === true;
  });
}

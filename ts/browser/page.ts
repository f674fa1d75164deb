import { readIndex } from "./data.js";
import { startBrowser } from "./main.js";

const index = readIndex();
const root = document.getElementById("browser");
if (index !== undefined && root !== null) startBrowser(index, root);

// On paper every example is open, as there is nothing to press.
/** @type {NodeListOf<HTMLDetailsElement>} */
const examples = document.querySelectorAll("details.example");
/** @type {boolean[]} */
let before = [];
addEventListener("beforeprint", () => {
  before = [...examples].map(({ open }) => open);
  for (const example of examples) example.open = true;
});
addEventListener("afterprint", () => {
  for (const [at, example] of examples.entries()) example.open = before[at] === true;
});

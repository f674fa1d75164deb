/** Few words, each used like any other of its kind: the difficulty is in the numbers. */
export const names = ["Cat", "Tom", "Ann", "Bob"] as const;
export const containers = ["boxes", "bags", "jars", "packs"] as const;
export const things = ["keys", "figs", "pens", "nuts", "cups", "eggs", "hats", "pins"] as const;
export const verbs = { multiply: "buys", add: "finds", subtract: "gives away" } as const;

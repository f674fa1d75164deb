const longest = 28;

/** A method's name where a chart has room for few letters; names that begin alike differ at their ends. */
export const shortened = (label: string): string =>
  label.length <= longest
    ? label
    : `${label.slice(0, longest / 2 - 1)}…${label.slice(label.length - longest / 2)}`;

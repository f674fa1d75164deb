/** Words beside an equation that say what it means. All in lower case. */

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** What works on the value next to it: an equation beside one is not whole. */
export const working = set(
  "times plus minus x per half halves third thirds quarter fourth fourths fifth fifths sixth sixths seventh eighth " +
    "eighths ninth tenth tenths hundredth hundredths twice thrice double doubled triple tripled quadruple negative root " +
    "sqrt square squared cube cubed log ln sin cos tan mod modulo divided multiplied subtracted added raised factorial " +
    "average mean median point remainder rem r percent",
);

/** After a number: it goes on, or is part of a number. */
export const goingOn = set(
  "plus minus over divided multiplied subtracted raised squared cubed point mod modulo remainder rem r half halves third " +
    "thirds fourth fourths fifth fifths sixth sixths seventh sevenths eighth eighths ninth ninths tenth tenths hundredth " +
    "hundredths thousandths",
);

/** Of those before it, what reaches over other words: `twice the 3 + 4`, `add 5 to the 3 + 4`. */
export const farWorking = set(
  "half twice thrice double triple quadruple negative root sqrt square cube average mean median remainder percent minus " +
    "add adding added subtract subtracting subtracted multiply multiplying multiplied divide dividing divided",
);

/** After these something new is said. */
export const connecting = set(
  "is are was were be equals means because so since as then thus hence therefore if when that has have had costs cost gets " +
    "makes leaves left for he she it they we which =",
);

/** What may join an equation to a number before it, or part of one after it. */
export const joining = set("of than and or over less more with");

/** What a number after it only names: `on day 1 * 2`. */
export const labels = set(
  "day days week weeks month year step page pages number numbers no chapter room question part parts grade level line row " +
    "box case problem option version figure table section lesson",
);

/** Before `of`: the whole of what follows. */
export const whole = set("total sum cost amount price profit area income weight distance");

export const articles = set("a an i the");

/** What says that a number is not exact, or that something is left. */
export const inexact = set(
  "round rounds rounded rounding approximately approx about roughly around nearly almost whole full complete at " +
    "remainder remaining left leftover leftovers over up down rem",
);

/** After a number on a clock or in a calendar, which begin anew: `8 + 5 = 1 pm`. */
export const cyclic = set(
  "am pm o'clock oclock noon midnight january february march april may june july august september october november december " +
    "monday tuesday wednesday thursday friday saturday sunday",
);

/** What says that a number is less than nothing without a minus: `5 - 10 = 5 below zero`. */
export const lacking = set(
  "below under short less fewer behind loss lost debt owes owe owed deficit negative needed needs missing down too",
);

/** What a number counts or measures in: the two sides of an equation may do so differently (`30 + 30 = 1 hour`). */
export const units = set(
  "s sec second seconds min mins minute minutes h hr hrs hour hours day days week weeks month months year years decade " +
    "decades century centuries mm cm dm m km meter meters metre metres kilometer kilometers kilometre kilometres " +
    "centimeter centimeters millimeter millimeters inch inches in foot feet ft yard yards yd mile miles mph kph mg g kg " +
    "gram grams kilogram kilograms kilo kilos ton tons tonne tonnes ounce ounces oz pound pounds lb lbs ml cl l liter " +
    "liters litre litres cup cups pint pints quart quarts gallon gallons teaspoon teaspoons tablespoon tablespoons cent " +
    "cents penny pennies nickel nickels dime dimes quarters dollar dollars buck bucks euro euros pence usd eur gbp pair " +
    "pairs couple couples dozen dozens score gross ream fortnight fortnights hundred hundreds thousand thousands k million millions billion billions " +
    "trillion square cubic sq half-dozen percent kb mb gb tb",
);

/** How many of a smaller unit make one of a larger. */
export const factors: ReadonlySet<string> = set(
  "2 3 4 5 7 8 9 10 12 14 16 20 24 25 27 28 29 30 31 36 48 50 52 60 64 90 100 128 144 168 180 360 365 366 500 720 1000 1024 " +
    "1440 1760 2000 3600 5280 8760 10000 10080 86400 1000000 1000000000 1000000000000",
);

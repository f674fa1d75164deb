/** English words in and around numbers, and units that are written close to one. */

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** `twelve`, `twenty`. */
export const small: ReadonlyMap<string, number> = new Map([
  ...(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " +
    "seventeen eighteen nineteen"
  )
    .split(" ")
    .map((word, at) => [word, at] as const),
  ..."twenty thirty forty fifty sixty seventy eighty ninety"
    .split(" ")
    .map((word, at) => [word, 20 + 10 * at] as const),
]);

/** Powers of ten by their words, in English only: what is like them in another language is {@link isOtherSize}. */
export const sizes: ReadonlyMap<string, number> = new Map([
  ...[["hundred", 2] as const, ["thousand", 3] as const, ["million", 6] as const],
  ...[["billion", 9] as const, ["trillion", 12] as const],
]);

/** Before a number these change nothing. */
export const approximate = set(
  "about approximately approx around roughly nearly almost exactly precisely only just simply the a an of is are was be " +
    "equals equal total sum final answer at least most minimum maximum value rs us usd inr eur gbp dollars",
);

/** After these a sign is a number's own. */
export const copulas = set("is are was be equals equal");

/** Before a number, or right after one, these make another number of it, or none. */
export const changing = set(
  "than less more fewer greater smaller between from under over below above either neither root sqrt square cube cubed " +
    "squared log ln sin cos tan pi tau factorial half third quarter twice thrice double triple plus times minus mod " +
    "modulo remainder choose power powers raised infinity dozen dozens point not except without",
);

/** After a number, with or without its unit, these make another number of it, or none. */
export const unreadAfter = set(
  "pi root roots sqrt squared cubed factorial remainder mod modulo choose raised power half halves third thirds quarter " +
    "quarters fourth fourths fifths sixths sevenths eighths ninths tenths hundredths thousandths dozen dozens score gross " +
    "hundreds lakh lakhs lac lacs crore crores myriad bn mn mil mio mrd mln mld tn k rem minus plus " +
    "mille mila mil tausend tys",
);

/** Words that are a number without being one that is read. */
export const quantities = set(
  "half halves third thirds quarter quarters dozen dozens twice thrice double triple couple infinity infinite pi hundreds " +
    "thousands millions billions hundred thousand million billion",
);

/** `millones`, `Milliarden`, and no millimetres. */
export const isOtherSize = (word: string): boolean =>
  /^(?:mill?[io][aáoóõn]|milj|milh|миллион|миллиард|тысяч)/.test(word) ||
  /^[十百千万萬亿億兆만억천백십]/.test(word);

/** Between two numbers these say that there are two answers, or none yet. */
export const alternatives = set("or and to through thru till until versus vs out by x");

/** After a number and its unit these begin what is only said about it. */
export const subordinate = set(
  "for of per in from at with because since which so after when if as not using where given while see based rounded " +
    "before during within among into via each every on",
);
/** Those that do so right after a number too, without a unit between them. */
export const subordinateAtOnce = set("of because since which so after when if as not where given while");

/** What comes after these is said about what was stated: a reason, or a condition. */
export const reasons = set("because since as where when if given while");
/** After these another clause comes. */
export const clauses = set("because since as where when if given while so which thus hence therefore");

/** Words that name a place, not a value: `Step 1`. */
export const labels = set(
  "step part question problem case example method option approach solution way phase stage section note exercise page " +
    "figure table line chapter attempt try round no",
);

/** One or two letters close to a number, or alone after it, that are its unit and no variable or power of ten. */
const shortUnits = set(
  "m g s h l L W V J N C F p c A kg mg km cm mm dm nm um mi ft in yd lb lbs oz hr hrs min mins sec secs ml mL dl cl gm gms " +
    "kmh kph mph km2 kwh kWh kW MW Wh Hz kHz MHz GHz GB MB KB TB kB ms ns am pm AM PM st nd rd th px deg rad mol " +
    "USD EUR GBP INR eur usd mAh cc pt pts pcs ct cts gal qt tsp tbsp d yr yrs wk wks mo ha",
);
const shortWords = set(
  "a A I an is as at in of on or so to we it if he by no us up my do for per and the not was are",
);

/** Whether what is written close after a number is its unit: `18kg`, `5apples`; `4x`, `2ab`, `5M` are none. */
export const isUnitClose = (written: string): boolean =>
  shortUnits.has(written) ||
  (/^\p{L}+$/u.test(written) &&
    (written.length > 3 || /^[^\p{Script=Latin}\p{Script=Greek}]/u.test(written)));

/** Whether it may stand after a number and a space: any word may, a letter only as a unit. */
export const isUnitApart = (written: string): boolean =>
  shortUnits.has(written) ||
  shortWords.has(written) ||
  /^\p{L}\p{M}*['’]?\p{L}/u.test(written) ||
  /^[^\p{Script=Latin}\p{Script=Greek}]/u.test(written);

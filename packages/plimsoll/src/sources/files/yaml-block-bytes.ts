/** What a byte is to YAML in block style. */
export const ordinary = 0;
export const lineFeed = 1;
/** `"` and `\`, which JSON escapes. */
export const escaped = 2;
export const colon = 3;
export const hash = 4;
/** Tabs, carriage returns and control characters: YAML has rules for each that are not worth repeating here. */
export const refused = 5;
/** A byte of a character beyond ASCII. */
export const high = 6;

/** The class of each byte. */
export const byteClass = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 10) return lineFeed;
  if (byte < 32 || byte === 127) return refused;
  if (byte >= 128) return high;
  return { '"': escaped, '\\': escaped, ':': colon, '#': hash }[String.fromCharCode(byte)] ?? ordinary;
});

/** What a plain scalar that begins with a byte may be. */
export const never = 0;
export const text = 1;
/** Text, or a word that stands for a boolean or null. */
export const word = 2;
export const digit = 3;
/** `+`, `-` or `.`: a number, text, or an indicator. */
export const sign = 4;

/** What a plain scalar that begins with each byte may be; `never` for indicators and whatever else is rare. */
export const plainFirst = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[ynotf~]/i.test(character)) return word;
  if (byte >= 128 || /[a-zA-Z_/$(^]/.test(character)) return text;
  if (/[0-9]/.test(character)) return digit;
  return /[-+.]/.test(character) ? sign : never;
});

/** True for what may stand behind a backslash between double quotes in YAML and JSON with one meaning. */
export const sameEscape = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** The second letter of a word (yes, true, off, false, null) by its first, both small. */
export const wordStart = new Uint8Array(256);
for (const letters of ['ye', 'tr', 'of', 'fa', 'nu']) wordStart[letters.charCodeAt(0)] = letters.charCodeAt(1);

/** C0, DEL and C1 control characters, and the marks that reorder text (Unicode UAX 9, as in CVE-2021-42574). */
// oxlint-disable-next-line no-control-regex -- these are the characters that must not reach a terminal
const dangerous = /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Foreign text on one line of a terminal: what would move the cursor, set colours or reorder the line is shown as
 * `\u001b`.
 */
export function visible(text: string): string {
  return text.replace(dangerous, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * What no title may hold: C0 controls, line breaks among them, and what XML 1.0 knows no character
 * for. One of them would make a whole folder unreadable for a TV.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is for
const UNPRINTABLE = /[\u{0}-\u{1f}\u{fffe}\u{ffff}]|\p{Surrogate}/gu

/** Nothing of it has to be replaced. */
const PLAIN = /^[ -~]*$/

/** A name as dc:title, in NFC; `fallback` where nothing visible is left of it. */
export function displayTitle(name: string, fallback: string): string {
  const title = PLAIN.test(name) ? name : name.replace(UNPRINTABLE, '').normalize('NFC')
  return title.trim() === '' ? fallback : title
}

/**
 * What terminals obey instead of showing: control characters (C0, DEL, C1), and what turns the
 * direction of text round or hides it. Line ends are among them; tabs are not worth an exception.
 */
const OBEYED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** The text with such characters written out as `\u001b`: also what a stranger chose is safe to print. */
export function printable(text: string): string {
  return text.replace(OBEYED, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

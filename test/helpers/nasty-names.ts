/** Names that XML, URLs or TVs stumble over. */
const NASTY = [
  'Tom & Jerry.mkv',
  '<b>bold</b>.mkv',
  '"quoted" \'single\'.mkv',
  ']]>.mkv',
  '&amp;&#34;&lt;.mkv',
  '<!DOCTYPE x [<!ENTITY y "z">]>.mkv',
  '\u{1f600}\u{1f468}\u200d\u{1f469}.mkv',
  'con\u0000trol\u0007\u001b[31m.mkv',
  'line\nbreak\ttab\rreturn.mkv',
  '\ud800lone\udc00.mkv',
  '\ufffe\uffff\ufeff.mkv',
  'Cafe\u0301.mkv',
  '\u202eright-to-left.mkv',
  '  spaces  .mkv',
  '100%25 #hash?query.mkv',
  '{{udn}} $& $1.mkv',
  '../..mkv',
  `${'a'.repeat(240)}.mkv`,
]

/** xorshift32: the same sequence in every run. */
function* randomNumbers(seed: number): Generator<number, never> {
  let state = seed
  while (true) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    yield state >>> 0
  }
}

const ALPHABET = [
  ...'&<>"\'; /#%abcABC019.-_=[]!?\\',
  ...'\u0000\u0001\u0008\u000b\u001f\u007f\u0085\u00a0\u2028\ufeff\ufffe\uffff\ufffd',
  ...['\t', '\n', '\r', '\ud83d', '\ude00', '\u{1f600}', '\u{10ffff}', 'e\u0301', '\u00e9'],
  ...['&amp;', '&#0;', '&#x41;', '<![CDATA[', ']]>', '-->', '<?xml', '\u202e'],
]

/** The list above and random names, none with a slash. */
export function nastyNames(count: number): readonly string[] {
  const numbers = randomNumbers(20_261_122)
  const next = (below: number): number => numbers.next().value % below
  const random = Array.from({ length: count }, () => {
    const parts = Array.from({ length: 1 + next(20) }, () => ALPHABET[next(ALPHABET.length)])
    return `${parts.join('').replaceAll('/', '') || 'x'}.mp4`
  })
  return [...NASTY.map((name) => name.replaceAll('/', '\\')), ...random]
}

/** What a person can see of a name: no control characters, nothing that is no character, in NFC. */
export function visible(name: string): string {
  return [...name]
    .filter((character) => {
      const code = character.codePointAt(0) ?? 0
      const isSurrogate = code >= 0xd800 && code <= 0xdfff
      return code >= 0x20 && !isSurrogate && code !== 0xfffe && code !== 0xffff
    })
    .join('')
    .normalize('NFC')
}

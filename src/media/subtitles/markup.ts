/** A tag that somebody wrote is short; a bracket that opens none stays as it is. */
const TAG = /<\/?([a-z]{0,10})(?:[^<>]{0,200})>/gi
const TIMESTAMP_TAG = /<\d[\d:.]{0,20}>/g
const KEPT_TAGS: ReadonlySet<string> = new Set(['b', 'i', 'u'])

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': '\u00a0',
  '&lrm;': '\u200e',
  '&rlm;': '\u200f',
}

/** WebVTT's spans in SubRip's: bold, italic and underlined stay, all others lose their tags. */
export function subRipMarkup(text: string): string {
  return text
    .replace(TIMESTAMP_TAG, '')
    .replace(TAG, (tag, name: string) =>
      KEPT_TAGS.has(name.toLowerCase()) ? `<${tag.startsWith('</') ? '/' : ''}${name}>` : '',
    )
}

/** WebVTT's character references as characters. */
export function plainText(text: string): string {
  return text.replace(/&(?:amp|lt|gt|nbsp|lrm|rlm);/g, (entity) => ENTITIES[entity] ?? entity)
}

/** SubRip's text as WebVTT: only bold, italic and underlined have tags there, and `&` and `<` are escaped. */
export function webVttMarkup(text: string): string {
  let escaped = ''
  let end = 0
  for (const { 0: tag, 1: name = '', index } of text.matchAll(TAG)) {
    const isKnown = KEPT_TAGS.has(name.toLowerCase()) || name.toLowerCase() === 'font'
    if (!isKnown) continue
    escaped += escapeText(text.slice(end, index))
    if (name.toLowerCase() !== 'font') {
      escaped += `<${tag.startsWith('</') ? '/' : ''}${name.toLowerCase()}>`
    }
    end = index + tag.length
  }
  return escaped + escapeText(text.slice(end))
}

/** Places of SubStation Alpha that SubRip files borrow (`{\an8}`) show as text in WebVTT. */
function escapeText(text: string): string {
  return withoutOverrides(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

/** Without SubStation Alpha's override blocks, `{\...}`; a brace that nothing closes stays. */
export function withoutOverrides(text: string): string {
  let kept = ''
  let end = 0
  for (;;) {
    const open = text.indexOf('{\\', end)
    const close = open === -1 ? -1 : text.indexOf('}', open)
    if (close === -1) return kept + text.slice(end)
    kept += text.slice(end, open)
    end = close + 1
  }
}

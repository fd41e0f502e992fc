/** How much of a document is parsed. */
export interface XmlLimits {
  /** Characters. */
  readonly maxLength: number
  /** Characters of tags, comments and the like: all but text. */
  readonly maxMarkup: number
  readonly maxElements: number
}

/**
 * What a document from a stranger may be made of. Honest requests have some ten elements, less than
 * ten attributes on any of them, and no more than a few namespaces. The parser behind this takes some
 * 10 µs for each element and 0.4 µs for each character that is not text, during which nothing else happens.
 */
export const REQUEST_LIMITS: XmlLimits = {
  maxLength: 256 * 1024,
  maxMarkup: 32 * 1024,
  maxElements: 200,
}
const MAX_DEPTH = 32
const MAX_ATTRIBUTES_PER_ELEMENT = 64
const MAX_NAMESPACES = 64
/** The parser is slow with names; UPnP's are shorter than 50 characters. */
const MAX_NAME_LENGTH = 256
/** Comments, processing instructions and CDATA sections together. */
const MAX_PASSED_OVER = 100

/** What ends a construct that is passed over, by what begins it. */
const PASSED_OVER: readonly (readonly [start: string, end: string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
]

const END_TAG = /<\/[^<>"'=/]+>/y
const TAG_NAME = /<([^\s<>"'=/!?&]+)/y
const ATTRIBUTE = /\s+([^\s<>"'=/&]+)\s*=\s*(?:"[^"]*"|'[^']*')/y
const TAG_END = /\s*(\/?)>/y

/**
 * Refuses a document that would cost more to parse than it is worth, in one pass over its text and
 * before anything is built of it. Tags have to be well-formed (XML 1.0, 3.1), so that this and the
 * parser see the same ones. Throws an Error.
 */
export function requireModest(
  text: string,
  { maxLength, maxMarkup, maxElements }: XmlLimits = REQUEST_LIMITS,
): void {
  if (text.length > maxLength) throw new Error(`${text.length} characters of XML are too many`)
  const seen: Seen = { elements: 0, depth: 0, namespaces: 0, passedOver: 0 }
  let markup = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const end = readMarkup(text, at, seen)
    markup += end - at
    at = end
    if (markup > maxMarkup) throw new Error(`more than ${maxMarkup} characters of markup`)
    if (seen.elements > maxElements) throw new Error(`more than ${maxElements} elements`)
    if (seen.depth > MAX_DEPTH) throw new Error(`elements more than ${MAX_DEPTH} deep`)
    if (seen.namespaces > MAX_NAMESPACES) throw new Error(`more than ${MAX_NAMESPACES} namespaces`)
    if (seen.passedOver > MAX_PASSED_OVER) throw new Error('too many comments and the like')
  }
}

/** What a document has had so far. */
interface Seen {
  elements: number
  /** Elements that are open. */
  depth: number
  namespaces: number
  passedOver: number
}

/** Counts what begins with the `<` at `at`, and returns where it ends. */
function readMarkup(text: string, at: number, seen: Seen): number {
  const [start, end] = PASSED_OVER.find(([beginning]) => text.startsWith(beginning, at)) ?? []
  if (start !== undefined && end !== undefined) {
    seen.passedOver++
    return after(text, end, at + start.length)
  }
  if (text[at + 1] === '/') {
    seen.depth--
    return at + requireMatch(END_TAG, text, at)[0].length
  }
  // A document that brings a DTD has entities to expand or files to fetch; nobody honest sends one.
  if (text[at + 1] === '!') throw new Error('declarations are not accepted')
  const tag = readTag(text, at)
  seen.elements++
  seen.namespaces += tag.namespaces
  if (!tag.isEmpty) seen.depth++
  return tag.end
}

interface Tag {
  readonly namespaces: number
  readonly isEmpty: boolean
  /** Behind its `>`. */
  readonly end: number
}

/** Reads a start tag from its `<`. */
function readTag(text: string, start: number): Tag {
  const [beginning, tagName = ''] = requireMatch(TAG_NAME, text, start)
  requireShort(tagName)
  let at = start + beginning.length
  let namespaces = 0
  for (let attributes = 0; ; attributes++) {
    const [attribute, name = ''] = matchAt(ATTRIBUTE, text, at) ?? []
    if (attribute === undefined) break
    if (attributes >= MAX_ATTRIBUTES_PER_ELEMENT) throw new Error('too many attributes')
    requireShort(name)
    if (name.startsWith('xmlns')) namespaces++
    at += attribute.length
  }
  const [end] = requireMatch(TAG_END, text, at)
  return { namespaces, isEmpty: end.includes('/'), end: at + end.length }
}

function requireShort(name: string): void {
  if (name.length > MAX_NAME_LENGTH) throw new Error(`a name of ${name.length} characters`)
}

function requireMatch(expected: RegExp, text: string, at: number): RegExpExecArray {
  const found = matchAt(expected, text, at)
  if (found === null) throw new Error(`no well-formed tag at character ${at}`)
  return found
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at
  return sticky.exec(text)
}

/** Throws where there is no such end: the parser would go on to look for it. */
function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from)
  if (found < 0) throw new Error(`no ${end}`)
  return found + end.length
}

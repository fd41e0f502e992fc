/**
 * What a document from a stranger may be made of. Honest requests have some ten elements and less
 * than ten attributes on any of them; a renderer's description has some hundred elements.
 */
const MAX_LENGTH = 512 * 1024
const MAX_ELEMENTS = 2_000
const MAX_DEPTH = 32
const MAX_ATTRIBUTES_PER_ELEMENT = 64
const MAX_NAMESPACES = 64

/** What ends a construct that is passed over, by what begins it. */
const PASSED_OVER: readonly (readonly [start: string, end: string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
]

/**
 * Refuses a document that would cost more to parse than it is worth, in one pass over its text and
 * before anything is built of it. Says nothing about whether it is well-formed. Throws an Error.
 */
export function requireModest(text: string): void {
  if (text.length > MAX_LENGTH) throw new Error(`${text.length} characters of XML are too many`)
  // A document that brings a DTD has entities to expand or files to fetch; nobody honest sends one.
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) {
    throw new Error('document type declarations are not accepted')
  }
  let elements = 0
  let depth = 0
  let namespaces = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const [start, end] = PASSED_OVER.find(([beginning]) => text.startsWith(beginning, at)) ?? []
    if (start !== undefined && end !== undefined) {
      at = after(text, end, at + start.length)
      continue
    }
    if (text[at + 1] === '/') {
      depth--
      at = after(text, '>', at)
      continue
    }
    const tag = readTag(text, at)
    elements++
    namespaces += tag.namespaces
    if (!tag.isEmpty) depth++
    if (elements > MAX_ELEMENTS) throw new Error(`more than ${MAX_ELEMENTS} elements`)
    if (depth > MAX_DEPTH) throw new Error(`elements more than ${MAX_DEPTH} deep`)
    if (tag.attributes > MAX_ATTRIBUTES_PER_ELEMENT || namespaces > MAX_NAMESPACES) {
      throw new Error('too many attributes')
    }
    at = tag.end
  }
}

interface Tag {
  readonly attributes: number
  readonly namespaces: number
  readonly isEmpty: boolean
  /** Behind its `>`. */
  readonly end: number
}

/** Reads a start tag from its `<`; a `>` within quotes does not end it. */
function readTag(text: string, start: number): Tag {
  let attributes = 0
  let namespaces = 0
  let quote: string | null = null
  let at = start + 1
  for (; at < text.length; at++) {
    const character = text[at]
    if (quote !== null) {
      if (character === quote) quote = null
    } else if (character === '"' || character === "'") quote = character
    else if (character === '=') {
      attributes++
    } else if (character === 'x' && text.startsWith('xmlns', at)) {
      namespaces++
    } else if (character === '>') break
  }
  return { attributes, namespaces, isEmpty: text[at - 1] === '/', end: at + 1 }
}

function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from)
  return found < 0 ? text.length : found + end.length
}

import type { XmlLimits } from '../../upnp/xml/xml-limits.ts'
import { parseXml, type XmlElement } from '../../upnp/xml/xml-reader.ts'

/** A full AVTransport has some 600 elements in 30 KB. Parsing the most takes about 40 ms. */
const LIMITS: XmlLimits = {
  maxLength: 96 * 1024,
  maxMarkup: 96 * 1024,
  maxElements: 1_500,
}

/** What stands in front of the first tag and behind the last: byte order marks, spaces, zero bytes. */
const AROUND = /^[^<]+|[^>]+$/g
const DOCTYPE = /<!DOCTYPE[^<>[\]]*>/gi
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});)/gi

/**
 * Reads what a renderer sent. Where it is no XML as it stands, it is read once more without what devices
 * are known to get wrong: ampersands that are not escaped, characters that XML has not, a DOCTYPE.
 * Rejects with an Error that says what is wrong.
 */
export async function parseLeniently(text: string): Promise<XmlElement> {
  if (text.length > LIMITS.maxLength) throw new Error(`${text.length} characters are too many`)
  const bare = text.replace(AROUND, '')
  try {
    return await parseXml(bare, LIMITS)
  } catch (error) {
    const repaired = bare.replace(DOCTYPE, '').replace(NOT_XML, '').replace(BARE_AMPERSAND, '&amp;')
    if (repaired === bare) throw error
    return await parseXml(repaired, LIMITS)
  }
}

/** Itself and all below it with this name, whatever their namespace. */
export function* elementsNamed(element: XmlElement, localName: string): Generator<XmlElement> {
  if (element.localName === localName) yield element
  for (const child of element.children) yield* elementsNamed(child, localName)
}

export function childNamed(element: XmlElement, localName: string): XmlElement | undefined {
  return element.children.find((child) => child.localName === localName)
}

/** Without the space around it; `null` where there is none. */
export function childText(element: XmlElement, localName: string): string | null {
  return childNamed(element, localName)?.text.trim() || null
}

/** Everything that is no character of XML 1.0 (2.2 Char): C0 controls, lone surrogates, U+FFFE/F. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/**
 * Text for an element or for an attribute in double quotes, in NFC. What XML cannot hold is left out:
 * one such character in one title would make the whole answer unreadable.
 */
export function escapeXml(text: string): string {
  return text
    .replace(NOT_XML, '')
    .normalize('NFC')
    .replace(/[&<>"]/g, entityOf)
}

/**
 * Markup as the text of an element (DIDL-Lite in `<Result>`). Quotes stay as they are: Samsung's Frame
 * shows an empty folder if they are escaped.
 */
export function escapeOnce(markup: string): string {
  return markup.replace(/[&<>]/g, entityOf)
}

function entityOf(character: string): string {
  return ENTITIES[character] ?? character
}

/** Well-formed markup, told apart from text so that a plain string is always escaped. */
export class Xml {
  readonly #markup: string

  /** `markup` is written as it is: only the writers below and our own descriptor files make it. */
  constructor(markup: string) {
    this.#markup = markup
  }

  toString(): string {
    return this.#markup
  }
}

/** Attributes in the order in which they are written; an undefined one is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>

/** What is inside an element: text (escaped here), markup, or a series of both. */
export type Content = string | number | Xml | readonly Content[]

/**
 * One element; without content it closes itself. `name` and the names of attributes are written as
 * they are and never come from outside.
 *
 * @example element('dc:title', {}, 'A & B').toString() // <dc:title>A &amp; B</dc:title>
 */
export function element(name: string, attributes: Attributes = {}, content: Content = []): Xml {
  const start = startOf(name, attributes)
  const inside = writeContent(content)
  return new Xml(inside === '' ? `<${start}/>` : `<${start}>${inside}</${name}>`)
}

/** Markup that travels as the text of an element. */
export function embedded(xml: Xml): Xml {
  return new Xml(escapeOnce(xml.toString()))
}

/** The same with quotes escaped as well, for readers that are strict beyond XML. */
export function embeddedStrictly(xml: Xml): Xml {
  const escaped = escapeOnce(xml.toString())
  return new Xml(escaped.replaceAll('"', '&quot;').replaceAll("'", '&apos;'))
}

/**
 * An element as the text of another, around content that `embed` has made text: what is long need not be escaped in
 * one go.
 */
export function embeddedElement(
  embed: (xml: Xml) => Xml,
  name: string,
  attributes: Attributes,
  content: readonly Xml[],
): Xml {
  if (content.length === 0) return embed(element(name, attributes))
  const start = embed(new Xml(`<${startOf(name, attributes)}>`))
  return new Xml(`${start}${content.join('')}${embed(new Xml(`</${name}>`))}`)
}

/** A whole document with its declaration; to be sent as UTF-8. */
export function xmlDocument(root: Xml): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${root}`
}

function startOf(name: string, attributes: Attributes): string {
  return name + Object.entries(attributes).map(writeAttribute).join('')
}

function writeAttribute([name, value]: [string, string | number | undefined]): string {
  return value === undefined ? '' : ` ${name}="${escapeXml(String(value))}"`
}

function writeContent(content: Content): string {
  if (content instanceof Xml) return content.toString()
  if (typeof content === 'object') return content.map(writeContent).join('')
  return escapeXml(String(content))
}

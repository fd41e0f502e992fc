import { parseStringPromise } from 'xml2js'
import { REQUEST_LIMITS, requireModest, type XmlLimits } from './xml-limits.ts'

const TEXT = '#text'
const ATTRIBUTES = '#attributes'

/** Keys that no element can be named, so that no document collides with them. */
const OPTIONS = {
  strict: true,
  explicitCharkey: true,
  charkey: TEXT,
  attrkey: ATTRIBUTES,
  emptyTag: () => ({}),
}

/** Namespace names by prefix; the empty prefix is the default namespace. */
type Scope = ReadonlyMap<string, string>

/** An element of a document that somebody sent. Children are read when they are asked for. */
export class XmlElement {
  /** Without its prefix. */
  readonly localName: string
  /** `null` without one, or with a prefix that nobody declared: senders forget it. */
  readonly namespace: string | null
  readonly #node: Readonly<Record<string, unknown>>
  readonly #scope: Scope

  constructor(name: string, node: object, outer: Scope) {
    this.#node = { ...node }
    const declared = declarations(this.#node[ATTRIBUTES])
    this.#scope = declared.length === 0 ? outer : new Map([...outer, ...declared])
    const [, prefix = '', localName = name] = /^([^:]+):(.+)$/s.exec(name) ?? []
    this.localName = localName
    this.namespace = this.#scope.get(prefix) || null
  }

  /** Its own text, without that of its children; empty if there is only white space. */
  get text(): string {
    const text = this.#node[TEXT]
    return typeof text === 'string' ? text : ''
  }

  /** Those of one name stand together; otherwise in document order. */
  get children(): readonly XmlElement[] {
    return Object.entries(this.#node).flatMap(([name, nodes]) =>
      Array.isArray(nodes) ? nodes.filter(isNode).map((node) => this.#child(name, node)) : [],
    )
  }

  #child(name: string, node: object): XmlElement {
    return new XmlElement(name, node, this.#scope)
  }
}

/**
 * Reads a document (XML 1.0, strictly, without DTD and entities of its own) of modest size and gives
 * its root. Rejects with an Error that says what is wrong.
 */
export async function parseXml(
  text: string,
  limits: XmlLimits = REQUEST_LIMITS,
): Promise<XmlElement> {
  requireModest(text, limits)
  const document: unknown = await parseStringPromise(text.trim(), OPTIONS)
  if (!isNode(document)) throw new Error('no XML document')
  const [root] = Object.entries(document)
  if (root === undefined || !isNode(root[1])) throw new Error('no root element')
  return new XmlElement(root[0], root[1], new Map())
}

function declarations(attributes: unknown): [string, string][] {
  if (!isNode(attributes)) return []
  return Object.entries(attributes).flatMap(([name, value]) => {
    const [, prefix] = /^xmlns(?::(.+))?$/.exec(name) ?? [null, null]
    return prefix === null ? [] : [[prefix ?? '', String(value)] as [string, string]]
  })
}

function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

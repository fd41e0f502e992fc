import type { ObjectProperty } from '../../library/objects/object-list.ts'
import type { Condition, Relation } from '../../library/search/search.ts'
import { UpnpError } from '../control/upnp-error.ts'
import { askedId } from '../renderers/shown-object.ts'
import { searchedProperty } from './searched-properties.ts'

type Token =
  | { readonly kind: '(' }
  | { readonly kind: ')' }
  | { readonly kind: 'word' | 'operator' | 'string'; readonly text: string }

/** A string in quotes with `\"` and `\\`; an operator; a name, a word or a value without quotes. */
const TOKEN = /([()])|"((?:[^"\\]|\\[\s\S])*)"|([!<>]?=|[<>])|([^\s()"=<>!]+)/y
const SPACE = /\s*/y

const RELATIONS: ReadonlyMap<string, Relation> = new Map(
  (
    [
      ...['=', '!=', '<', '<=', '>', '>='],
      ...['contains', 'doesNotContain', 'startsWith', 'derivedfrom'],
    ] as Relation[]
  ).map((relation) => [relation.toLowerCase(), relation]),
)

/** Some renderers know objects by ids that are longer than ours. */
const IDS: ReadonlySet<ObjectProperty> = new Set(['id', 'parentId', 'refId'])

/** Parentheses in parentheses, and comparisons in all: the most honest criteria have a dozen. */
const MOST_NESTED = 32
const MOST_COMPARISONS = 128

/**
 * Reads SearchCriteria (ContentDirectory:1, 2.5.5.1): `*`, or comparisons joined by `and`, which binds
 * closer, and `or`. An empty text means all, as MiniDLNA takes it. Keywords may be in any case and
 * white space of any kind; a value without quotes is let pass. A property that we do not know is one
 * that no object has.
 *
 * @throws UpnpError 708 for what cannot be read.
 */
export function parseSearchCriteria(text: string): Condition {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed === '*') return { kind: 'everything' }
  return new Parser(tokensOf(trimmed)).parse()
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (let position = skipSpace(text, 0); position < text.length; ) {
    TOKEN.lastIndex = position
    const found = TOKEN.exec(text)
    if (found === null) throw unreadable(`${JSON.stringify(text.slice(position, position + 20))}`)
    const [, parenthesis, string, operator, word] = found
    if (parenthesis === '(' || parenthesis === ')') tokens.push({ kind: parenthesis })
    else if (string !== undefined) tokens.push({ kind: 'string', text: withoutEscapes(string) })
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word })
    position = skipSpace(text, TOKEN.lastIndex)
  }
  return tokens
}

function skipSpace(text: string, position: number): number {
  SPACE.lastIndex = position
  SPACE.exec(text)
  return SPACE.lastIndex
}

/** A backslash before anything but a quote and a backslash stands for itself. */
function withoutEscapes(string: string): string {
  return string.replace(/\\(["\\])/g, '$1')
}

function unreadable(what: string): UpnpError {
  return new UpnpError(708, `SearchCriteria cannot be read at ${what}`)
}

/** Descends from `or` to `and` to comparisons and parentheses. */
class Parser {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0
  #comparisons = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  parse(): Condition {
    const condition = this.#any()
    const rest = this.#tokens[this.#next]
    if (rest !== undefined) throw unreadable(describe(rest))
    return condition
  }

  #any(): Condition {
    const conditions = [this.#all()]
    while (this.#takeWord('or')) conditions.push(this.#all())
    return joined('any', conditions)
  }

  #all(): Condition {
    const conditions = [this.#one()]
    while (this.#takeWord('and')) conditions.push(this.#one())
    return joined('all', conditions)
  }

  #one(): Condition {
    const token = this.#take()
    if (token.kind === 'word') return this.#comparison(token.text)
    if (token.kind !== '(') throw unreadable(describe(token))
    if (++this.#depth > MOST_NESTED) throw unreadable('parentheses that are nested too deep')
    const condition = this.#any()
    const end = this.#take()
    if (end.kind !== ')') throw unreadable(describe(end))
    this.#depth--
    return condition
  }

  #comparison(name: string): Condition {
    if (++this.#comparisons > MOST_COMPARISONS) throw unreadable('one comparison too many')
    const operator = this.#text('word', 'operator').toLowerCase()
    const property = searchedProperty(name)
    if (operator === 'exists') {
      const expected = this.#text('word', 'string').toLowerCase()
      if (expected !== 'true' && expected !== 'false') throw unreadable(JSON.stringify(expected))
      return { kind: 'exists', property, expected: expected === 'true' }
    }
    const relation = RELATIONS.get(operator)
    if (relation === undefined) throw unreadable(JSON.stringify(operator))
    const value = this.#text('string', 'word')
    const isId = property !== null && IDS.has(property)
    return { kind: 'relation', property, relation, value: isId ? askedId(value) : value }
  }

  #take(): Token {
    const token = this.#tokens[this.#next++]
    if (token === undefined) throw unreadable('its end')
    return token
  }

  #takeWord(word: 'and' | 'or'): boolean {
    const token = this.#tokens[this.#next]
    if (token?.kind !== 'word' || token.text.toLowerCase() !== word) return false
    this.#next++
    return true
  }

  #text(...kinds: readonly ('word' | 'operator' | 'string')[]): string {
    const token = this.#take()
    if (token.kind === '(' || token.kind === ')' || !kinds.includes(token.kind)) {
      throw unreadable(describe(token))
    }
    return token.text
  }
}

function joined(kind: 'all' | 'any', conditions: readonly Condition[]): Condition {
  const [only] = conditions
  return only !== undefined && conditions.length === 1 ? only : { kind, conditions }
}

function describe(token: Token): string {
  return JSON.stringify(token.kind === '(' || token.kind === ')' ? token.kind : token.text)
}

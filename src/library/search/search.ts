import type { Steps } from '../../concurrency/steps.ts'
import { parseDuration, spellDuration } from '../../media/duration.ts'
import { isFactProperty } from '../facts/facts-source.ts'
import type { MediaObject } from '../objects/media-object.ts'
import type { ObjectList, ObjectProperty, PropertyValue } from '../objects/object-list.ts'

/** How a property is compared with a value (ContentDirectory:1, 2.5.5.1 relOp and stringOp). */
export type Relation =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'contains'
  | 'doesNotContain'
  | 'startsWith'
  | 'derivedfrom'

/** Which objects are looked for. A property of `null` is one that no object has. */
export type Condition =
  | { readonly kind: 'everything' }
  | { readonly kind: 'all' | 'any'; readonly conditions: readonly Condition[] }
  | {
      readonly kind: 'exists'
      readonly property: ObjectProperty | null
      readonly expected: boolean
    }
  | {
      readonly kind: 'relation'
      readonly property: ObjectProperty | null
      readonly relation: Relation
      readonly value: string
    }

/** Whether it may hold for other objects when more is known of files. */
export function usesFacts(condition: Condition): boolean {
  switch (condition.kind) {
    case 'everything':
      return false
    case 'all':
    case 'any':
      return condition.conditions.some(usesFacts)
    case 'exists':
    case 'relation':
      return condition.property !== null && isFactProperty(condition.property)
  }
}

type Test = (list: ObjectList, place: number) => boolean

/** Objects looked at in one step. */
const STEP_OBJECTS = 256

/** An ISO 8601 date without a time, as we write them. */
const DAY_LENGTH = 10

const BITS = 8

/** Those of many lists that fulfil a condition, in the order of the lists. */
export function* searchSteps(lists: Iterable<ObjectList>, condition: Condition): Steps<ObjectList> {
  const test = testOf(condition)
  const found: ObjectList[] = []
  const places: number[] = []
  let looked = 0
  for (const list of lists) {
    for (let place = 0; place < list.length; place++) {
      if (looked++ % STEP_OBJECTS === 0) yield
      if (!test(list, place)) continue
      found.push(list)
      places.push(place)
    }
    // Folders without anything cost time as well.
    if (looked++ % STEP_OBJECTS === 0) yield
  }
  return selection(found, Uint32Array.from(places))
}

/** Objects of several lists as one: of each the list that it stands in, and its place there. */
function selection(lists: readonly ObjectList[], places: Uint32Array): ObjectList {
  const listAt = (place: number): ObjectList => {
    const list = lists[place]
    if (list === undefined) throw new RangeError(`there is no object ${place}`)
    return list
  }
  const [only] = lists
  const isOneList = lists.every((list) => list === only)
  return {
    length: lists.length,
    containerCount: isOneList && only !== undefined ? containersAmong(only, places) : null,
    objectAt: (place): MediaObject => listAt(place).objectAt(places[place] ?? 0),
    valueAt: (place, property) => listAt(place).valueAt(places[place] ?? 0, property),
  }
}

/** As `containerCount`, of some places of a list in their order. */
function containersAmong({ containerCount }: ObjectList, places: Uint32Array): number | null {
  return containerCount === null ? null : places.filter((place) => place < containerCount).length
}

function testOf(condition: Condition): Test {
  switch (condition.kind) {
    case 'everything':
      return () => true
    case 'all': {
      const tests = condition.conditions.map(testOf)
      return (list, place) => tests.every((test) => test(list, place))
    }
    case 'any': {
      const tests = condition.conditions.map(testOf)
      return (list, place) => tests.some((test) => test(list, place))
    }
    case 'exists': {
      const { property, expected } = condition
      if (property === null) return () => !expected
      return (list, place) => (list.valueAt(place, property) !== null) === expected
    }
    case 'relation': {
      const { property } = condition
      if (property === null) return () => false
      const holds = relationTest(property, condition.relation, condition.value)
      return (list, place) => {
        const value = list.valueAt(place, property)
        return value !== null && holds(value)
      }
    }
  }
}

/** What an object lacks fulfils no relation, `!=` and `doesNotContain` included. */
function relationTest(
  property: ObjectProperty,
  relation: Relation,
  wanted: string,
): (value: Exclude<PropertyValue, null>) => boolean {
  const trimmed = property === 'date' ? wanted.trim().slice(0, DAY_LENGTH) : wanted
  const text = folded(trimmed.normalize('NFC'))
  const number = numberOf(property, wanted.trim())
  // Tags come in any form; all others are in NFC already.
  const isTag = isFactProperty(property)
  const foldedOf = (value: string | number): string => {
    const shown = textOf(property, value)
    return folded(isTag ? shown.normalize('NFC') : shown)
  }
  const compare = (value: string | number): number =>
    typeof value === 'number' && property !== 'date'
      ? (property === 'bitrate' ? bytesIn(value) : value) - number
      : compareTexts(foldedOf(value), text)
  switch (relation) {
    case '=':
      return (value) => compare(value) === 0
    case '!=':
      return (value) => compare(value) !== 0
    case '<':
      return (value) => compare(value) < 0
    case '<=':
      return (value) => compare(value) <= 0
    case '>':
      return (value) => compare(value) > 0
    case '>=':
      return (value) => compare(value) >= 0
    case 'contains':
      return (value) => foldedOf(value).includes(text)
    case 'doesNotContain':
      return (value) => !foldedOf(value).includes(text)
    case 'startsWith':
      return (value) => foldedOf(value).startsWith(text)
    case 'derivedfrom':
      return (value) => `${foldedOf(value)}.`.startsWith(`${text}.`)
  }
}

/** NaN for what is no number, which no number is compared with. */
function numberOf(property: ObjectProperty, text: string): number {
  const milliseconds = property === 'duration' ? parseDuration(text) : null
  if (milliseconds !== null) return milliseconds
  if (text === '') return Number.NaN
  // Of a duration it is seconds.
  return Number(text) * (property === 'duration' ? 1_000 : 1)
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function textOf(property: ObjectProperty, value: string | number): string {
  if (property === 'date') return new Date(value).toISOString().slice(0, DAY_LENGTH)
  if (property === 'duration') return spellDuration(Number(value))
  return String(property === 'bitrate' ? bytesIn(Number(value)) : value)
}

/** As Browse tells a bit rate (ContentDirectory:1, B.1.5). */
function bytesIn(bits: number): number {
  return Math.round(bits / BITS)
}

/** Case makes no difference (ContentDirectory:1, 2.5.5.1); titles are in NFC already. */
function folded(text: string): string {
  return text.toLowerCase()
}

import { Readable } from 'node:stream'
import type { Context } from 'koa'
import { nextTurn } from '../../concurrency/next-turn.ts'

/**
 * Written at once; less than this is an answer of known length. Texts twice as long would be large objects to V8,
 * which stay until all garbage is collected.
 */
const CHUNK_CHARACTERS = 48 * 1024

/** Items that are turned into text in one go. */
const BATCH_ITEMS = 128
/** What a nested list has in one go, with what is in the lists of its items. */
const NESTED_BATCH_ITEMS = 256

/** A list of an answer whose items are made when they are written. */
export class LongList {
  readonly length: number
  readonly itemAt: (place: number) => unknown

  constructor(length: number, itemAt: (place: number) => unknown) {
    this.length = length
    this.itemAt = itemAt
  }

  /** All of it; for short ones. */
  toJSON(): unknown[] {
    return Array.from({ length: this.length }, (_, place) => this.itemAt(place))
  }
}

/** A list whose items may hold long lists themselves. */
export class NestedList extends LongList {}

/**
 * Answers with JSON. A long answer, as that about a torrent of 100,000 files, is written bit by bit:
 * others are answered meanwhile, and a slow client holds no more than a bit of it.
 */
export function answerJson(context: Context, value: unknown): void {
  context.type = 'application/json'
  const text = jsonText(value)
  const { chunk, isLast } = nextChunk(text)
  context.body = isLast ? chunk : Readable.from(chunks(chunk, text), { objectMode: false })
}

async function* chunks(first: string, text: Iterator<string>): AsyncGenerator<string> {
  yield first
  let next = nextChunk(text)
  while (!next.isLast) {
    yield next.chunk
    await nextTurn()
    next = nextChunk(text)
  }
  yield next.chunk
}

function nextChunk(text: Iterator<string>): { chunk: string; isLast: boolean } {
  let chunk = ''
  while (chunk.length < CHUNK_CHARACTERS) {
    const next = text.next()
    if (next.done) return { chunk, isLast: true }
    chunk += next.value
  }
  return { chunk, isLast: false }
}

/** What JSON.stringify gives, in parts. Only plain objects and nested lists may hold long lists. */
export function* jsonText(value: unknown): Generator<string> {
  if (value instanceof NestedList) yield* nestedText(value)
  else if (value instanceof LongList) yield* listText(value)
  else if (holdsList(value)) yield* objectText(value)
  else yield JSON.stringify(value) ?? 'null'
}

/** Items with short lists are turned into text together, by JSON.stringify, which is ten times as fast. */
function* nestedText(list: NestedList): Generator<string> {
  let separator = '['
  let batch: unknown[] = []
  let size = 0
  for (let place = 0; place < list.length; place++) {
    const item = list.itemAt(place)
    const length = listedIn(item)
    const isLong = length > BATCH_ITEMS
    if (!isLong) {
      batch.push(item)
      size += 1 + length
    }
    if (batch.length > 0 && (isLong || size >= NESTED_BATCH_ITEMS)) {
      yield `${separator}${JSON.stringify(batch).slice(1, -1)}`
      separator = ','
      batch = []
      size = 0
    }
    if (!isLong) continue
    yield separator
    yield* jsonText(item)
    separator = ','
  }
  if (batch.length > 0) yield `${separator}${JSON.stringify(batch).slice(1, -1)}]`
  else yield separator === '[' ? '[]' : ']'
}

function* listText(list: LongList): Generator<string> {
  yield '['
  for (let start = 0; start < list.length; start += BATCH_ITEMS) {
    const count = Math.min(BATCH_ITEMS, list.length - start)
    const batch = Array.from({ length: count }, (_, place) => list.itemAt(start + place))
    if (start > 0) yield ','
    yield JSON.stringify(batch).slice(1, -1)
  }
  yield ']'
}

function* objectText(object: Readonly<Record<string, unknown>>): Generator<string> {
  let separator = '{'
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue
    yield `${separator}${JSON.stringify(key)}:`
    yield* jsonText(value)
    separator = ','
  }
  yield separator === '{' ? '{}' : '}'
}

function holdsList(value: unknown): value is Readonly<Record<string, unknown>> {
  return !(value instanceof LongList) && listedIn(value) > 0
}

/** How many items the long lists have that are in an object, at any depth; at least 1 where there is a list. */
function listedIn(value: unknown): number {
  if (value instanceof LongList) return value.length + 1
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 0
  let items = 0
  for (const key in value) items += listedIn((value as Readonly<Record<string, unknown>>)[key])
  return items
}

import { runInSlices, type Steps } from '../../../concurrency/steps.ts'
import { BencodeCursor } from './bencode-cursor.ts'

/** Byte strings that are no text are told in hex up to this length. */
const MAX_HEX_BYTES = 20
const ITEMS_PER_STEP = 256

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Bencode as JSON, for people. Byte strings that are UTF-8 become texts; of others it is told how long
 * they are. `bytes` have been read before. Rejects with an Error where they are no bencode.
 */
export function bencodeAsJson(bytes: Uint8Array): Promise<string> {
  return runInSlices(jsonSteps(bytes))
}

function* jsonSteps(bytes: Uint8Array): Steps<string> {
  const cursor = new BencodeCursor(bytes)
  const parts: string[] = []
  /** What is open: lists and dictionaries. */
  const open: Open[] = []
  let items = 0
  do {
    if (++items % ITEMS_PER_STEP === 0) yield
    const inner = open.at(-1)
    if (inner !== undefined && cursor.leave()) {
      parts.push(inner.isDictionary ? '}' : ']')
      open.pop()
      continue
    }
    if (inner !== undefined) parts.push(entryStart(cursor, inner))
    const kind = cursor.kind()
    if (kind === 'list' || kind === 'dictionary') {
      cursor.enter()
      open.push({ isDictionary: kind === 'dictionary', count: 0 })
    }
    parts.push(valueStart(cursor, kind))
  } while (open.length > 0)
  return parts.join('')
}

interface Open {
  readonly isDictionary: boolean
  count: number
}

/** What comes before a value: a comma, a key. */
function entryStart(cursor: BencodeCursor, inner: Open): string {
  const comma = inner.count++ > 0 ? ',' : ''
  return inner.isDictionary ? `${comma}${JSON.stringify(textOf(cursor.string()))}:` : comma
}

function valueStart(cursor: BencodeCursor, kind: ReturnType<BencodeCursor['kind']>): string {
  switch (kind) {
    case 'integer':
      return String(cursor.integer())
    case 'string':
      return JSON.stringify(textOf(cursor.string()))
    case 'list':
      return '['
    case 'dictionary':
      return '{'
    case 'end':
      throw new Error(`a value is missing (at byte ${cursor.position})`)
  }
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > 0 && bytes.every((byte) => byte === 0)) {
    return `<${bytes.length} bytes, all zeroes>`
  }
  try {
    return utf8.decode(bytes)
  } catch {
    const hex = Buffer.from(bytes).toString('hex')
    return bytes.length <= MAX_HEX_BYTES
      ? `<${bytes.length} bytes, 0x${hex}>`
      : `<${bytes.length} bytes>`
  }
}

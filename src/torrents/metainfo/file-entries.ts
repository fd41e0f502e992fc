import { isUtf8 } from 'node:buffer'
import type { Steps } from '../../concurrency/steps.ts'
import { TorrentError } from '../torrent-error.ts'
import { BencodeCursor } from './bencode/bencode-cursor.ts'
import { type BencodeFields, readFields } from './bencode/bencode-fields.ts'
import { MAX_FILES, MAX_LEVELS, MAX_PATH_BYTES, MAX_PATH_COMPONENTS } from './limits.ts'

/** One file of an info dictionary: what is said of it, and where its path lies. */
export interface FileEntry {
  /** Bytes. */
  readonly length: number
  /** BEP 47: a character for each. */
  readonly attributes: string
  /** Offset of the list of path components; `null` where there is none, which only pads may do. */
  readonly path: number | null
  /** `path` is that of `path.utf-8`. */
  readonly isPathUtf8: boolean
  /** What has bytes is no symlink, whatever it says. */
  readonly isSymlink: boolean
  /** Offset of the list of BEP 47's `symlink path`; `null` where there is none. */
  readonly symlinkPath: number | null
}

const FILE_KEYS = new Set(['length', 'attr', 'path', 'path.utf-8', 'symlink path'])

/** Throws TorrentError `invalid-torrent` where there are too many, or one is malformed. */
export function* readFileEntries(list: BencodeCursor): Steps<FileEntry[]> {
  const entries: FileEntry[] = []
  const { bytes } = list
  let components = 0
  list.enter()
  while (!list.leave()) {
    const index = entries.length
    if (index % 100 === 99) yield
    if (index === MAX_FILES) throw invalid(`the torrent has more than ${MAX_FILES} files`)
    if (list.kind() !== 'dictionary') throw invalid(`file ${index} is not a dictionary`)
    const fields = yield* readFields(list, FILE_KEYS)
    const path = readPath(bytes, fields, index)
    components += path?.levels ?? 1
    if (components > MAX_PATH_COMPONENTS) {
      throw invalid(`all paths together have more than ${MAX_PATH_COMPONENTS} components`)
    }
    const { length, attributes } = readLengthAndAttributes(fields, index)
    const isSymlink = length === 0 && attributes.includes('l')
    const target = isSymlink ? listStart(bytes, fields, 'symlink path', index) : null
    entries.push({
      ...{ length, attributes },
      path: path?.start ?? null,
      isPathUtf8: path?.isUtf8 ?? false,
      isSymlink,
      symlinkPath: target?.start ?? null,
    })
  }
  if (entries.length === 0) throw invalid('the torrent has no files')
  return entries
}

/** The only file of the one-file form, whose path is the torrent's name. */
export function singleFileEntry(info: BencodeFields): FileEntry {
  const { length, attributes } = readLengthAndAttributes(info, 0)
  const noPath = { path: null, isPathUtf8: false, symlinkPath: null }
  return { length, attributes, isSymlink: false, ...noPath }
}

/** The byte strings of a list that begins at `start`, not copied. */
export function* stringsAt(bytes: Uint8Array, start: number): Generator<Uint8Array, void> {
  const cursor = new BencodeCursor(bytes, start)
  cursor.enter()
  while (!cursor.leave()) yield cursor.string()
}

function readLengthAndAttributes(
  fields: BencodeFields,
  index: number,
): { readonly length: number; readonly attributes: string } {
  const attr = fields.string('attr')
  const attributes = attr === null ? '' : Buffer.from(attr.subarray(0, 16)).toString('latin1')
  const length = fields.integer('length') ?? (attributes.includes('l') ? 0 : undefined)
  if (typeof length !== 'number' || length < 0) {
    throw invalid(`file ${index} has length ${String(length)}`)
  }
  return { length, attributes }
}

interface PathSpan {
  readonly start: number
  readonly levels: number
  readonly isUtf8: boolean
}

/** `path.utf-8` where it is what it says, else `path`; `null` for a pad without any. */
function readPath(bytes: Uint8Array, fields: BencodeFields, index: number): PathSpan | null {
  const utf8Path = listStart(bytes, fields, 'path.utf-8', index)
  if (utf8Path?.isUtf8) return utf8Path
  const path = listStart(bytes, fields, 'path', index) ?? utf8Path
  if (path !== null) return { ...path, isUtf8: false }
  if (fields.string('attr')?.includes('p'.charCodeAt(0))) return null
  throw invalid(`file ${index} has no path`)
}

/** `null` where there is no such list, or nothing in it. */
function listStart(
  bytes: Uint8Array,
  fields: BencodeFields,
  key: string,
  index: number,
): PathSpan | null {
  const cursor = fields.list(key)
  if (cursor === null) return null
  const start = cursor.position
  let levels = 0
  let length = 0
  let allUtf8 = true
  cursor.enter()
  while (!cursor.leave()) {
    if (cursor.kind() !== 'string') throw invalid(`the path of file ${index} is not all text`)
    const stringLength = cursor.stringLength()
    const { position } = cursor
    cursor.position += stringLength
    length += stringLength
    if (++levels > MAX_LEVELS) {
      throw invalid(`the path of file ${index} has more than ${MAX_LEVELS} levels`)
    }
    if (length > MAX_PATH_BYTES) {
      throw invalid(`the path of file ${index} is longer than ${MAX_PATH_BYTES} bytes`)
    }
    if (key === 'path.utf-8') allUtf8 &&= isUtf8(bytes.subarray(position, cursor.position))
  }
  return levels === 0 ? null : { start, levels, isUtf8: allUtf8 }
}

function invalid(message: string): TorrentError {
  return new TorrentError('invalid-torrent', message)
}

import { isUtf8 } from 'node:buffer'
import type { Steps } from '../../concurrency/steps.ts'
import { TorrentError } from '../torrent-error.ts'
import type { BencodeFields } from './bencode/bencode-fields.ts'
import { chooseNameDecoder, type NameDecoder } from './charset/name-charset.ts'
import { type FileEntry, stringsAt } from './file-entries.ts'
import { MAX_PATH_BYTES } from './limits.ts'
import { distinctPathSteps, safeComponent } from './safe-path.ts'
import type { TorrentFile } from './torrent-file.ts'

/** What BitComet calls a pad, in a folder or not. */
const BITCOMET_PAD = '_____padding_file_'
/** Names of folders that files share in memory, too. */
const MAX_SHARED_NAMES = 100_000

/** A torrent's name and its files. Throws TorrentError `invalid-torrent` where it has no name. */
export function* readTorrentFiles({
  bytes,
  info,
  entries,
  charset,
}: {
  /** The torrent file, in which the entries have their offsets. */
  readonly bytes: Uint8Array
  readonly info: BencodeFields
  readonly entries: readonly FileEntry[]
  /** Of names that are not UTF-8, where the torrent declares one. */
  readonly charset: string | null
}): Steps<{ readonly name: string; readonly files: readonly TorrentFile[] }> {
  const rawName = readName(info)
  const doubtful = doubtfulNames(bytes, rawName, entries)
  const decode = yield* chooseNameDecoder(doubtful, charset)
  const decodeUtf8 = yield* chooseNameDecoder([], null)
  const nameOf = safeNames(decode)
  const utf8NameOf = safeNames(decodeUtf8)
  const name = (rawName.isUtf8 ? utf8NameOf : nameOf)(rawName.bytes) || '_'
  const isFolder = info.list('files') !== null
  const paths: (readonly string[])[] = []
  for (const entry of entries) {
    if (paths.length % 100 === 99) yield
    const { path, isPathUtf8 } = entry
    paths.push(isFolder ? safePath(bytes, path, isPathUtf8 ? utf8NameOf : nameOf, entry) : [name])
  }
  const distinct = yield* distinctPathSteps(paths)
  const files: TorrentFile[] = []
  let offset = 0
  for (const [index, entry] of entries.entries()) {
    if (index % 1_000 === 999) yield
    const { length, attributes } = entry
    const components = distinct[index] ?? ['_']
    files.push({
      index,
      components,
      length,
      offset,
      padding: attributes.includes('p') || components.some((part) => part.includes(BITCOMET_PAD)),
      symlink: entry.isSymlink ? symlinkTarget(bytes, entry, nameOf) : null,
      executable: attributes.includes('x'),
      hidden: attributes.includes('h'),
    })
    offset += length
  }
  return { name, files }
}

interface RawName {
  readonly bytes: Uint8Array
  /** It is that of `name.utf-8`. */
  readonly isUtf8: boolean
}

/** `name.utf-8` where it is what it says, else `name`. Only a folder may have an empty one. */
function readName(info: BencodeFields): RawName {
  const utf8Name = info.string('name.utf-8')
  const isGood = utf8Name !== null && utf8Name.length > 0 && isUtf8(utf8Name)
  const bytes = isGood ? utf8Name : (info.string('name') ?? utf8Name)
  const isFolder = info.list('files') !== null
  if (bytes === null || (bytes.length === 0 && !isFolder)) throw invalid('the torrent has no name')
  if (bytes.length > MAX_PATH_BYTES) throw invalid(`the name has ${bytes.length} bytes`)
  return { bytes, isUtf8: isGood }
}

/** Names whose charset has to be found out. */
function* doubtfulNames(
  bytes: Uint8Array,
  name: RawName,
  entries: readonly FileEntry[],
): Generator<Uint8Array, void> {
  if (!name.isUtf8) yield name.bytes
  for (const entry of entries) {
    if (entry.path !== null && !entry.isPathUtf8) yield* stringsAt(bytes, entry.path)
  }
}

function safePath(
  bytes: Uint8Array,
  start: number | null,
  nameOf: NameDecoder,
  { length }: FileEntry,
): readonly string[] {
  if (start === null) return ['.pad', String(length)]
  const components: string[] = []
  for (const raw of stringsAt(bytes, start)) {
    const component = nameOf(raw)
    if (component !== '') components.push(component)
  }
  return components.length > 0 ? components : ['_']
}

function symlinkTarget(
  bytes: Uint8Array,
  entry: FileEntry,
  nameOf: NameDecoder,
): readonly string[] {
  return entry.symlinkPath === null ? ['_'] : safePath(bytes, entry.symlinkPath, nameOf, entry)
}

/** Safe names, each decoded once and shared by all paths; empty for what is to be left out. */
function safeNames(decode: NameDecoder): NameDecoder {
  const known = new Map<string, string>()
  return (raw) => {
    const key = Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString('latin1')
    const shared = known.get(key)
    if (shared !== undefined) return shared
    const name = safeComponent(decode(raw))
    if (known.size < MAX_SHARED_NAMES) known.set(key, name)
    return name
  }
}

function invalid(message: string): TorrentError {
  return new TorrentError('invalid-torrent', message)
}

import { RequestError, request, sendJson } from '../api/request.ts'
import type { AddedTorrent } from '../api/torrent-types.ts'
import { type FileKind, fileKind, typedSource } from '../logic/source-kind.ts'
import type { TextKey } from '../text/en.ts'
import { t } from '../text/text.ts'

/** Something to add: a text that names a torrent, or a torrent file. */
export type AddSource =
  | { readonly kind: 'text'; readonly text: string; readonly waits: boolean }
  | { readonly kind: 'file'; readonly file: File }

/** What was said about a source; it cannot be added. */
export class UnreadableSource extends Error {}

/** What a magnet may be looked for, in milliseconds. */
const LOOK_MS = 600_000

/** Bytes of a file that tell what it is. */
const HEAD_BYTES = 1024 * 1024

const UNREADABLE_TEXT: Readonly<Record<string, TextKey>> = {
  empty: 'add.error.empty',
  'magnet-without-hash': 'add.error.magnet',
  'other-scheme': 'add.error.scheme',
  'hash-of-wrong-length': 'add.error.hash',
  text: 'add.error.text',
}

const FILE_KINDS: Readonly<Record<Exclude<FileKind, 'torrent'>, TextKey>> = {
  empty: 'add.file.empty',
  'too-large': 'add.file.large',
  'web-page': 'add.file.page',
  archive: 'add.file.archive',
  pdf: 'add.file.pdf',
  picture: 'add.file.picture',
  film: 'add.file.film',
  text: 'add.file.text',
  bencode: 'add.file.bencode',
  unknown: 'add.file.unknown',
}

/** @throws UnreadableSource which names what was typed for what it is */
export function textSource(text: string): AddSource {
  const typed = typedSource(text)
  if (typed.kind === 'unreadable') {
    const shown = text.trim().slice(0, 80)
    throw new UnreadableSource(t(UNREADABLE_TEXT[typed.reason] ?? 'add.error.text', { shown }))
  }
  return { kind: 'text', text: text.trim(), waits: typed.kind !== 'url' }
}

/** @throws UnreadableSource which names the file for what it is */
export async function fileSource(file: File): Promise<AddSource> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())
  const kind = fileKind(head, file.size)
  if (kind !== 'torrent') throw new UnreadableSource(t(FILE_KINDS[kind], { name: file.name }))
  return { kind: 'file', file }
}

/** The files of a torrent that is not added; `null` where the server cannot look without adding. @throws RequestError */
export async function look(source: AddSource, signal: AbortSignal): Promise<AddedTorrent | null> {
  const query = new URLSearchParams({ list_only: 'true', timeout_ms: String(LOOK_MS) })
  try {
    const response = await request(`torrents?${query}`, {
      method: 'POST',
      body: bodyOf(source),
      signal,
    })
    return (await response.json()) as AddedTorrent
  } catch (error) {
    const message = error instanceof RequestError ? error.message : ''
    if (message.includes('list_only is not supported')) return null
    throw error
  }
}

export interface AddOptions {
  /** All files where absent. */
  readonly onlyFiles?: readonly number[]
  /** Relative to the server's data folder; its own choice where empty. */
  readonly folder: string
  /** Use files that are there already. */
  readonly overwrite: boolean
}

/** Longer than that a list of files does not fit into an address: it is sent after the adding. */
const MAX_LIST_CHARACTERS = 6_000

/** Adds without waiting for a magnet's metadata. @throws RequestError */
export async function add(source: AddSource, options: AddOptions): Promise<AddedTorrent> {
  const { onlyFiles, folder, overwrite } = options
  const list = onlyFiles?.join(',')
  const isLong = list !== undefined && list.length > MAX_LIST_CHARACTERS
  const query = new URLSearchParams({
    wait: 'false',
    overwrite: String(overwrite),
    ...(folder.trim() === '' ? {} : { sub_folder: folder.trim() }),
    ...(list === undefined ? {} : { only_files: isLong ? String(onlyFiles?.[0] ?? 0) : list }),
  })
  const response = await request(`torrents?${query}`, { method: 'POST', body: bodyOf(source) })
  const added = (await response.json()) as AddedTorrent
  if (isLong && added.id !== null) {
    await sendJson('POST', `torrents/${added.id}/update_only_files`, { only_files: onlyFiles })
  }
  return added
}

function bodyOf(source: AddSource): BodyInit {
  return source.kind === 'text' ? source.text : source.file
}

/** How a person knows the source again. */
export function sourceName(source: AddSource): string {
  if (source.kind === 'file') return source.file.name
  const typed = typedSource(source.text)
  return (typed.kind === 'magnet' ? typed.name : null) ?? source.text
}

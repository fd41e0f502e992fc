import type { FactsSource } from '../../library/facts/facts-source.ts'
import type { Library } from '../../library/library.ts'
import { encodeObjectId } from '../../library/objects/object-id.ts'
import type { SubtitleCatalog } from '../../library/subtitles/subtitle-catalog.ts'
import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'
import type { SessionPort, TorrentPort } from '../messages/session-port.ts'
import { factsJson, playbackJson } from '../torrent-api/library-json.ts'
import type { EventSource } from './event-feed.ts'

/** Files that are told of in one event; the others come with the next. */
const MOST_AT_ONCE = 200
/** Files that wait to be told of; of more, pages hear when they load the library again. */
const MOST_WAITING = 5_000

export interface LibraryEventsOptions {
  readonly session: SessionPort
  readonly library: Pick<Library, 'get' | 'on'>
  readonly facts: Pick<FactsSource, 'factsOf' | 'probing'>
  readonly subtitles: SubtitleCatalog
}

interface File {
  readonly infoHash: InfoHash
  readonly fileIndex: number
}

/** What open pages hear of the library: files that were watched, or looked into, and the looking itself. */
export function libraryEvents(options: LibraryEventsOptions): readonly EventSource[] {
  const changed = new Map<string, File>()
  options.library.on('file', (infoHash, fileIndex) => {
    const key = `${infoHash} ${fileIndex}`
    if (changed.size < MOST_WAITING || changed.has(key)) changed.set(key, { infoHash, fileIndex })
  })
  return [
    {
      kind: 'files',
      isNews: true,
      body: () => {
        const told = [...changed].slice(0, MOST_AT_ONCE)
        for (const [key] of told) changed.delete(key)
        return told.length === 0 ? null : { files: told.map(([, file]) => fileJson(file, options)) }
      },
    },
    { kind: 'probing', body: () => ({ probing: probingJson(options) }) },
  ]
}

function fileJson(
  { infoHash, fileIndex }: File,
  { session, library, facts, subtitles }: LibraryEventsOptions,
): Record<string, unknown> {
  const object = library.get(encodeObjectId({ kind: 'file', infoHash, fileIndex }))
  const torrent = session.get(infoHash)
  const file = torrent?.files[fileIndex]
  const found = torrent && file ? subtitles.subtitlesOf(torrent, file, { arriving: true }) : []
  return {
    ...{ info_hash: infoHash, file_idx: fileIndex },
    ...playbackJson(object?.kind === 'item' ? object : null),
    ...factsJson(facts.factsOf(infoHash, fileIndex)),
    subtitle_count: found.length,
  }
}

function probingJson({ facts, session }: LibraryEventsOptions): Record<string, unknown> | null {
  const { probing } = facts
  if (probing === null) return null
  const { infoHash, probed, total } = probing
  const torrent = session.get(infoHash)
  // Of what nobody has, nothing comes that could be looked into: no progress is to be shown.
  if (torrent === undefined || !mayArrive(torrent.stats())) return null
  const name = torrent.name ?? infoHash
  return { info_hash: infoHash, torrent_name: name, probed, total }
}

function mayArrive({ finished, live }: ReturnType<TorrentPort['stats']>): boolean {
  return finished || (live !== null && live.peers.live > 0)
}

import type { FactsSource } from '../../library/facts/facts-source.ts'
import type { Item } from '../../library/objects/media-object.ts'
import { encodeObjectId } from '../../library/objects/object-id.ts'
import type { SubtitleCatalog } from '../../library/subtitles/subtitle-catalog.ts'
import type { Entry } from '../../library/views/catalogue.ts'
import type { ListedWork } from '../../library/views/listing.ts'
import { picturePath } from '../../media/pictures/picture-path.ts'
import type { MediaFacts, VideoFacts } from '../../media/probe/media-facts.ts'
import { streamPath } from '../../media/stream-path.ts'
import { subtitlePath } from '../../media/subtitles/subtitle-path.ts'
import { LongList } from '../messages/json-answer.ts'
import type { TorrentPort } from '../messages/session-port.ts'

/** More than these no page shows of one film. */
const MOST_SUBTITLES = 32

export interface LibraryJsonOptions {
  /** `undefined` for one that was removed meanwhile. */
  readonly torrentOf: (infoHash: string) => TorrentPort | undefined
  /** Bytes that are there of each file of a torrent. */
  readonly progressOf: (infoHash: string) => readonly number[]
  readonly itemOf: (id: string) => Item | null
  readonly facts: Pick<FactsSource, 'factsOf'>
  readonly subtitles: SubtitleCatalog
  /** Whether pictures are made. */
  readonly hasPictures: boolean
  /** Makes paths that players read without a password, where they could not otherwise. */
  readonly sign: (path: string) => string
}

/** One thing of the library for the page. */
export function workJson(work: ListedWork, options: LibraryJsonOptions): Record<string, unknown> {
  const { infoHash, addedAt } = work.tree.torrent
  return {
    id: work.id,
    kind: work.kind,
    title: work.title,
    year: work.year,
    torrent_id: options.torrentOf(infoHash)?.id ?? null,
    info_hash: infoHash,
    added_at: Number.isNaN(addedAt.getTime()) ? null : addedAt.getTime(),
    poster: options.hasPictures ? options.sign(picturePath(work.pictureOf, 'JPEG_SM')) : null,
    files: new LongList(work.entries.length, (place) => {
      const entry = work.entries[place]
      return entry === undefined ? null : fileJson(entry, options)
    }),
  }
}

function fileJson(entry: Entry, options: LibraryJsonOptions): Record<string, unknown> {
  const { fileIndex, tree } = entry
  const { infoHash, files } = tree.torrent
  const file = files[fileIndex]
  const id = encodeObjectId({ kind: 'file', infoHash, fileIndex })
  const item = options.itemOf(id)
  const facts = options.facts.factsOf(infoHash, fileIndex)
  const torrent = options.torrentOf(infoHash)
  const episode = 'episode' in entry ? (entry.episode as { season: number; episode: number }) : null
  return {
    file_idx: fileIndex,
    name: file?.components.at(-1) ?? '',
    title: entry.title,
    season: episode?.season ?? null,
    episode: episode?.episode ?? null,
    length: file?.length ?? 0,
    mime: item?.resource.mediaType.mimeType ?? null,
    ...factsJson(facts),
    subtitles: file === undefined ? [] : subtitlesJson(entry, options),
    ...playbackJson(item),
    stream_url: options.sign(streamPath(infoHash, fileIndex, file?.components ?? [])),
    poster: options.hasPictures ? options.sign(picturePath(id, 'JPEG_SM')) : null,
    finished: shareOf(options.progressOf(infoHash)[fileIndex] ?? 0, file?.length ?? 0),
    selected: torrent?.isSelected(fileIndex) ?? false,
  }
}

/** How far a file was watched. */
export function playbackJson(item: Item | null): Record<string, unknown> {
  const playback = item?.playback ?? null
  return {
    resume_s: playback === null || playback.positionMs === 0 ? null : playback.positionMs / 1_000,
    watched: (playback?.playCount ?? 0) > 0,
    played_at: playback?.lastPlayedAt.getTime() ?? null,
  }
}

/** What is in a file; fields are null as long as nobody knows. */
export function factsJson(facts: MediaFacts | undefined): Record<string, unknown> {
  const size = facts?.kind === 'video' ? facts.video : facts?.kind === 'image' ? facts : undefined
  const hasSize = size !== undefined && size.width !== null && size.height !== null
  const audio = facts === undefined || facts.kind === 'image' ? [] : facts.audio
  const durationMs = facts === undefined || facts.kind === 'image' ? null : facts.durationMs
  return {
    duration_s: durationMs === null ? null : durationMs / 1_000,
    resolution: hasSize ? `${size.width}x${size.height}` : null,
    video: facts?.kind === 'video' ? videoJson(facts.video) : null,
    audio: audio.map(({ language, codec, channels, title }) => ({
      ...{ language, codec, channels, title },
    })),
  }
}

function videoJson({ codec, profile, bitDepth }: VideoFacts['video']): Record<string, unknown> {
  return { codec, profile, bit_depth: bitDepth }
}

function subtitlesJson(
  { tree, fileIndex }: Entry,
  { subtitles, sign }: LibraryJsonOptions,
): readonly unknown[] {
  const { torrent } = tree
  const file = torrent.files[fileIndex]
  if (file === undefined) return []
  const { infoHash } = torrent
  return subtitles
    .subtitlesOf(torrent, file, { arriving: true })
    .slice(0, MOST_SUBTITLES)
    .map(({ reference, language }, index) => ({
      index,
      language,
      name:
        reference.kind === 'sidecar'
          ? (torrent.files[reference.fileIndex]?.components.at(-1) ?? null)
          : null,
      url_srt: sign(subtitlePath(infoHash, reference, { language, format: 'srt' })),
      url_vtt: sign(subtitlePath(infoHash, reference, { language, format: 'vtt' })),
    }))
}

/** 0 to 1. */
function shareOf(have: number, length: number): number {
  return length === 0 ? 1 : Math.min(1, have / length)
}

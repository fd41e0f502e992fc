import { Semaphore } from '../../concurrency/semaphore.ts'
import { mediaTypeOf } from '../../media/media-type.ts'
import { mayHaveTracks, openFilm } from '../../media/subtitles/embedded/open-film.ts'
import type { SubtitleTrack } from '../../media/subtitles/embedded/text-track.ts'
import { parseSubtitles } from '../../media/subtitles/formats/parse-subtitles.ts'
import { LARGEST_SIDECAR_BYTES } from '../../media/subtitles/sidecar-index.ts'
import { inTurns } from '../../media/subtitles/steps.ts'
import type { SubtitleReference } from '../../media/subtitles/subtitle-path.ts'
import { type SubtitleForm, writeSubtitles } from '../../media/subtitles/write-subtitles.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import { FilmBytes, type SeekableStream } from './film-bytes.ts'
import type { SubtitleCatalog, SubtitledTorrent } from './subtitle-catalog.ts'

/** A torrent whose subtitles can be read. */
export interface ReadableTorrent extends SubtitledTorrent {
  /** Throws TorrentError where it cannot be read. */
  stream(
    fileIndex: number,
    options: { readonly verifiedOnly: boolean; readonly lookAhead: number },
  ): SeekableStream
}

/** A file of subtitles, ready to be sent. */
export interface SubtitleText {
  readonly bytes: Buffer
  /** False where parts of the film were not there: there will be more. */
  readonly isComplete: boolean
}

export interface SubtitleTextsOptions {
  readonly catalog: SubtitleCatalog
  /** How long one waits at most for a file of subtitles, or the index of a film; ms. */
  readonly indexPatienceMs?: number
  /** How long for the beginning of a film; ms. */
  readonly contentPatienceMs?: number
}

/** Files of subtitles, and films, that are read at the same time. */
const MOST_AT_ONCE = 8
/** All that is kept of what was read. */
const CACHE_BYTES = 16 * 1024 * 1024
/** After so long an unfinished film is looked through again. */
const INCOMPLETE_MS = 5_000
const INDEX_PATIENCE_MS = 20_000
const CONTENT_PATIENCE_MS = 5_000
/** What a player fetches before it plays. */
const WAIT_WITHIN_BYTES = 8 * 1024 * 1024
/** A film without an index of its subtitles takes some seconds. */
const LONGEST_READ_MS = 120_000

interface Kept extends SubtitleText {
  readonly at: number
}

/** Reads, converts and keeps the texts of subtitles. */
export class SubtitleTexts {
  readonly #options: SubtitleTextsOptions
  readonly #kept = new Map<string, Kept>()
  readonly #reading = new Map<string, Promise<Kept | null>>()
  readonly #places = new Semaphore(MOST_AT_ONCE)
  #keptBytes = 0

  constructor(options: SubtitleTextsOptions) {
    this.#options = options
  }

  /**
   * `null` where the torrent has no such subtitles, or they are pictures. Rejects with TorrentError
   * where the torrent cannot be read. `isComplete` is false as well where they did not arrive in time.
   */
  async get(
    torrent: ReadableTorrent,
    reference: SubtitleReference,
    form: SubtitleForm,
  ): Promise<SubtitleText | null> {
    const track = reference.kind === 'track' ? reference.track : ''
    const mark = form.byteOrderMark === true ? 'bom' : ''
    const key = [torrent.infoHash, reference.fileIndex, track, form.format, mark].join('/')
    const kept = this.#kept.get(key)
    if (kept !== undefined && isFresh(kept)) return kept
    const reading =
      this.#reading.get(key) ??
      this.#places
        .run(() => this.#read(torrent, reference, form))
        .finally(() => {
          this.#reading.delete(key)
        })
    this.#reading.set(key, reading)
    const text = await reading
    if (text !== null) this.#keep(key, text)
    return text
  }

  /** The tracks of subtitles in a film, looked for once; none where its index does not arrive. Rejects with TorrentError. */
  async tracksOf(torrent: ReadableTorrent, file: TorrentFile): Promise<readonly SubtitleTrack[]> {
    const known = this.#options.catalog.tracksOf(torrent.infoHash, file.index)
    if (known !== null || !mayHaveTracks(nameOf(file))) return known ?? []
    const bytes = this.#film(torrent, file)
    try {
      const film = await this.#places.run(() => openFilm(bytes, nameOf(file)))
      if (film === null) return []
      this.#options.catalog.learn(torrent.infoHash, file.index, film.tracks)
      return film.tracks
    } finally {
      bytes.close()
    }
  }

  async #read(
    torrent: ReadableTorrent,
    reference: SubtitleReference,
    form: SubtitleForm,
  ): Promise<Kept | null> {
    const file = torrent.files[reference.fileIndex]
    if (file === undefined || file.padding || file.symlink !== null) return null
    const { catalog } = this.#options
    const known = catalog.tracksOf(torrent.infoHash, file.index)
    if (known !== null && !isText(known, reference)) return null
    const isFile = reference.kind === 'sidecar'
    if (isFile && mediaTypeOf(nameOf(file))?.kind !== 'subtitle') return null
    const bytes = this.#film(torrent, file)
    try {
      if (reference.kind === 'sidecar') {
        const frameRate = catalog.frameRateBeside(torrent, file.index)
        return await readSidecar(bytes, form, frameRate)
      }
      const film = await openFilm(bytes, nameOf(file))
      if (film === null) return null
      catalog.learn(torrent.infoHash, file.index, film.tracks)
      if (!isText(film.tracks, reference)) return null
      const signal = AbortSignal.timeout(LONGEST_READ_MS)
      const { cues, isComplete } = await film.text(reference.track, signal)
      return { bytes: await inTurns(writeSubtitles(cues, form)), isComplete, at: performance.now() }
    } finally {
      bytes.close()
    }
  }

  #film(torrent: ReadableTorrent, file: TorrentFile): FilmBytes {
    const { indexPatienceMs = INDEX_PATIENCE_MS, contentPatienceMs = CONTENT_PATIENCE_MS } =
      this.#options
    return new FilmBytes({
      length: file.length,
      open: ({ lookAhead }) => torrent.stream(file.index, { verifiedOnly: true, lookAhead }),
      waitWithin: WAIT_WITHIN_BYTES,
      patienceMs: { index: indexPatienceMs, content: contentPatienceMs },
    })
  }

  #keep(key: string, text: Kept): void {
    this.#forget(key)
    if (text.bytes.length > CACHE_BYTES) return
    this.#kept.set(key, text)
    this.#keptBytes += text.bytes.length
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= CACHE_BYTES) break
      this.#forget(oldest)
    }
  }

  #forget(key: string): void {
    this.#keptBytes -= this.#kept.get(key)?.bytes.length ?? 0
    this.#kept.delete(key)
  }
}

/** Whether a track of text is asked for, or no track at all. */
function isText(tracks: readonly SubtitleTrack[], reference: SubtitleReference): boolean {
  if (reference.kind === 'sidecar') return true
  return tracks.some(({ number, kind }) => number === reference.track && kind === 'text')
}

/** Whole, or nothing. */
async function readSidecar(
  bytes: FilmBytes,
  form: SubtitleForm,
  frameRate: number | null,
): Promise<Kept | null> {
  if (bytes.length > LARGEST_SIDECAR_BYTES) return null
  const source = await bytes.read(0, bytes.length, 'index')
  const at = performance.now()
  if (source === null) return { bytes: Buffer.alloc(0), isComplete: false, at }
  const cues = await inTurns(parseSubtitles(source, { frameRate }))
  if (cues.length === 0) return null
  return { bytes: await inTurns(writeSubtitles(cues, form)), isComplete: true, at }
}

function isFresh({ isComplete, at }: Kept): boolean {
  return isComplete || performance.now() - at < INCOMPLETE_MS
}

function nameOf({ components }: TorrentFile): string {
  return components.at(-1) ?? ''
}

import { mediaTypeOf } from '../../media/media-type.ts'
import { compareNatural } from '../../media/natural-order.ts'
import { probedTracks } from '../../media/subtitles/embedded/probed-tracks.ts'
import type { SubtitleTrack } from '../../media/subtitles/embedded/text-track.ts'
import { preferenceOf } from '../../media/subtitles/language.ts'
import { SidecarIndex } from '../../media/subtitles/sidecar-index.ts'
import type { SubtitleTraits } from '../../media/subtitles/sidecar-name.ts'
import { atOnce, inTurns, type Steps } from '../../media/subtitles/steps.ts'
import type { SubtitleReference } from '../../media/subtitles/subtitle-path.ts'
import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import { type FactsSource, NO_FACTS } from '../facts/facts-source.ts'
import { junkOf } from '../files/junk.ts'

/** Subtitles that a film can be shown with. */
export interface Subtitle extends SubtitleTraits {
  readonly reference: SubtitleReference
}

/** What has to be known of a torrent to find subtitles in it. */
export interface SubtitledTorrent {
  readonly infoHash: InfoHash
  /** The same array as long as the torrent is there. */
  readonly files: readonly TorrentFile[]
  /** Whether every byte of a file is on the disk; of a torrent that cannot tell, it is. */
  hasWhole?(fileIndex: number): boolean
}

export interface SubtitleSearch {
  /**
   * Whether tracks of films count that are still arriving, of which only a part can be read. Renderers ask
   * for subtitles once: they are better off with what they find in the film themselves. False when absent.
   */
  readonly arriving?: boolean
}

/** Torrents of so few files are looked through in no time. */
const FILES_AT_ONCE = 64

/** Films whose tracks are remembered. */
const MOST_FILMS = 10_000

/**
 * Which subtitles each film of the library has: files beside it, and the tracks of text inside of it
 * as soon as it was probed, or somebody has looked into it. Answers from memory.
 */
export class SubtitleCatalog {
  readonly #preferredLanguages: readonly string[]
  readonly #facts: Pick<FactsSource, 'factsOf'>
  readonly #indexes = new WeakMap<readonly TorrentFile[], SidecarIndex>()
  /** Of few files, for which it was asked last. */
  #last: { readonly files: readonly TorrentFile[]; readonly index: SidecarIndex } | null = null
  readonly #tracks = new Map<string, readonly SubtitleTrack[]>()

  /**
   * @param preferredLanguages - BCP 47, the most wanted first.
   * @param facts - Name the tracks of films that have been probed.
   */
  constructor(
    preferredLanguages: readonly string[] = [],
    facts: Pick<FactsSource, 'factsOf'> = NO_FACTS,
  ) {
    this.#preferredLanguages = preferredLanguages
    this.#facts = facts
  }

  /**
   * Looks through the files of a torrent, once for each torrent; until then its films have no sidecars. Of
   * few files nothing is remembered: they are looked through when somebody asks, and there may be ten
   * thousand such torrents.
   */
  *grow(files: readonly TorrentFile[]): Steps<void> {
    if (files.length <= FILES_AT_ONCE) return
    if (!this.#indexes.has(files)) this.#indexes.set(files, yield* growIndex(files))
  }

  /** The same, between other work of the event loop. */
  async look(files: readonly TorrentFile[]): Promise<void> {
    await inTurns(this.grow(files))
  }

  /** What was found in a film that was opened for its subtitles; `null` where none was. */
  tracksOf(infoHash: InfoHash, fileIndex: number): readonly SubtitleTrack[] | null {
    return this.#tracks.get(keyOf(infoHash, fileIndex)) ?? null
  }

  /** Somebody has looked into a film. */
  learn(infoHash: InfoHash, fileIndex: number, tracks: readonly SubtitleTrack[]): void {
    const [oldest] = this.#tracks.keys()
    if (this.#tracks.size >= MOST_FILMS && oldest !== undefined) this.#tracks.delete(oldest)
    this.#tracks.set(keyOf(infoHash, fileIndex), tracks)
  }

  /** The best first: by preferred language, the whole text before the forced one, files before tracks. */
  subtitlesOf(
    torrent: SubtitledTorrent,
    file: TorrentFile,
    { arriving = false }: SubtitleSearch = {},
  ): readonly Subtitle[] {
    const { infoHash, files } = torrent
    const name = file.components.at(-1) ?? ''
    if (mediaTypeOf(name)?.kind !== 'video') return []
    const sidecars = this.#indexOf(files)?.sidecarsOf(file) ?? []
    const found = this.tracksOf(infoHash, file.index) ?? this.#probedTracks(infoHash, file.index)
    const known = found.filter(({ kind }) => kind === 'text')
    const isRead = known.length > 0 && (arriving || (torrent.hasWhole?.(file.index) ?? true))
    const tracks = isRead ? known : []
    const candidates = [
      ...sidecars.map(({ fileIndex, ...traits }) => ({
        ...traits,
        reference: { kind: 'sidecar', fileIndex } as const,
        isDefault: false,
        name: files[fileIndex]?.components.at(-1) ?? '',
      })),
      ...tracks.map(({ number, language, forced, hearingImpaired, isDefault }) => ({
        ...{ language, forced, hearingImpaired, isDefault, name: '' },
        reference: { kind: 'track', fileIndex: file.index, track: number } as const,
      })),
    ]
    return candidates.sort((a, b) => this.#compare(a, b))
  }

  /** Frames per second of the film that a `.sub` is for, whose times may be counted in them; `null` where nobody knows. */
  frameRateBeside({ infoHash, files }: SubtitledTorrent, fileIndex: number): number | null {
    if (!/\.sub$/i.test(files[fileIndex]?.components.at(-1) ?? '')) return null
    for (const film of files) {
      const facts = this.#facts.factsOf(infoHash, film.index)
      if (facts?.kind !== 'video' || facts.video.frameRate === null) continue
      const sidecars = this.#indexOf(files)?.sidecarsOf(film) ?? []
      if (sidecars.some((one) => one.fileIndex === fileIndex)) return facts.video.frameRate
    }
    return null
  }

  #indexOf(files: readonly TorrentFile[]): SidecarIndex | undefined {
    if (files.length > FILES_AT_ONCE) return this.#indexes.get(files)
    if (this.#last?.files !== files) {
      this.#last = { files, index: atOnce(growIndex(files)) }
    }
    return this.#last.index
  }

  #probedTracks(infoHash: InfoHash, fileIndex: number): readonly SubtitleTrack[] {
    const facts = this.#facts.factsOf(infoHash, fileIndex)
    return facts === undefined ? [] : probedTracks(facts)
  }

  #compare(a: Candidate, b: Candidate): number {
    return (
      Number(a.forced) - Number(b.forced) ||
      this.#rank(a.language) - this.#rank(b.language) ||
      Number(a.hearingImpaired) - Number(b.hearingImpaired) ||
      Number(a.reference.kind === 'track') - Number(b.reference.kind === 'track') ||
      Number(b.isDefault) - Number(a.isDefault) ||
      compareNatural(a.name, b.name)
    )
  }

  /** One that says nothing may be the one wanted; one in another language is not. */
  #rank(language: string | null): number {
    const rank = preferenceOf(language, this.#preferredLanguages)
    const isUnwanted = language !== null && rank === this.#preferredLanguages.length
    return isUnwanted && rank > 0 ? rank + 1 : rank
  }
}

interface Candidate extends Subtitle {
  readonly isDefault: boolean
  readonly name: string
}

/** A video that is hidden from TVs takes no subtitles from the one beside it. */
function* growIndex(files: readonly TorrentFile[]): Steps<SidecarIndex> {
  return yield* SidecarIndex.grow(files, yield* junkOf(files))
}

function keyOf(infoHash: InfoHash, fileIndex: number): string {
  return `${infoHash}/${fileIndex}`
}

import type { MediaKind } from '../../media/media-type.ts'
import type { MediaFacts } from '../../media/probe/media-facts.ts'
import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'

const PROPERTIES = [
  ...(['duration', 'bitrate', 'resolution'] as const),
  ...(['artist', 'album', 'genre', 'actor', 'track'] as const),
] as const

/** What objects are sorted and searched by of the facts of their files. */
export type FactProperty = (typeof PROPERTIES)[number]

/** One of the facts of a file, as `FactsSource.propertyOf`. */
export type KnownFacts = (property: FactProperty) => string | number | null

const FACT_PROPERTIES: ReadonlySet<string> = new Set(PROPERTIES)

export function isFactProperty(property: string): property is FactProperty {
  return FACT_PROPERTIES.has(property)
}

/**
 * Whether facts are told of a file that is listed as one kind: not where its name lies, as a film as a picture has
 * neither length nor sound. Sound alone in a container of films is no lie, nor is the other way round.
 */
export function isFitting(listedAs: MediaKind | undefined, facts: MediaFacts['kind']): boolean {
  return (listedAs === 'image') === (facts === 'image')
}

/** Nobody looks at what is listed as sound, whatever pictures it comes with. */
export function hasResolution(listedAs: MediaKind): boolean {
  return listedAs !== 'audio'
}

/** The facts of a file that is listed as this kind; `undefined` where its name lies. */
export function fittingFacts(
  kind: MediaKind | undefined,
  facts: MediaFacts | undefined,
): MediaFacts | undefined {
  return facts !== undefined && isFitting(kind, facts.kind) ? facts : undefined
}

export interface Probing {
  readonly infoHash: InfoHash
  /** Of its films, songs and images. */
  readonly probed: number
  readonly total: number
}

/** Where the library learns what the files are; `Prober` is one. It answers from memory. */
export interface FactsSource {
  /** `undefined` where nothing is known, yet or at all. */
  factsOf(infoHash: InfoHash, fileIndex: number): MediaFacts | undefined
  /**
   * One of the facts, quickly. Duration in milliseconds, bit rate in bits per second, resolution as `1920x1080`;
   * `null` where it is not known, or not told of a file that is listed as this kind.
   */
  propertyOf(
    infoHash: InfoHash,
    fileIndex: number,
    property: FactProperty,
    listedAs: MediaKind,
  ): string | number | null
  /** Another number whenever some fact has become known. */
  readonly version: number
  /** Whose files are being looked at now, and how many of them are known; `null` for none. */
  readonly probing: Probing | null
  /** A control point is shown these files. */
  lookedAt(infoHash: InfoHash, fileIndices: readonly number[]): void
  /** The one listener hears of each file of which facts have become known. */
  onFacts(listener: (infoHash: InfoHash, fileIndex: number) => void): void
}

/** Knows nothing. */
export const NO_FACTS: FactsSource = {
  factsOf: () => undefined,
  propertyOf: () => null,
  version: 0,
  probing: null,
  lookedAt: () => {},
  onFacts: () => {},
}

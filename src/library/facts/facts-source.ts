import type { MediaKind } from '../../media/media-type.ts'
import type { MediaFacts } from '../../media/probe/media-facts.ts'
import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'

/** What objects are sorted and searched by of the facts of their files. */
export type FactProperty = 'duration' | 'bitrate' | 'resolution'

export type KnownFacts = Readonly<Record<FactProperty, string | number | null>>

const FACT_PROPERTIES: ReadonlySet<string> = new Set<FactProperty>([
  'duration',
  'bitrate',
  'resolution',
])

export function isFactProperty(property: string): property is FactProperty {
  return FACT_PROPERTIES.has(property)
}

/**
 * The facts of a file that is listed as this kind; `undefined` where its name lies: a film as a picture has neither
 * length nor sound. Sound alone in a container of films is no lie, nor is the other way round.
 */
export function fittingFacts(
  kind: MediaKind | undefined,
  facts: MediaFacts | undefined,
): MediaFacts | undefined {
  return (kind === 'image') === (facts?.kind === 'image') ? facts : undefined
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
   * `null` where it is not known.
   */
  propertyOf(infoHash: InfoHash, fileIndex: number, property: FactProperty): string | number | null
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

import type { MediaFacts } from '../media/probe/media-facts.ts'
import type { InfoHash } from '../torrents/metainfo/info-hash.ts'

/** Where the library learns what the files are; `Prober` is one. It answers from memory. */
export interface FactsSource {
  /** `undefined` where nothing is known, yet or at all. */
  factsOf(infoHash: InfoHash, fileIndex: number): MediaFacts | undefined
  /** A control point is shown these files. */
  lookedAt(infoHash: InfoHash, fileIndices: readonly number[]): void
  /** The one listener hears of each file of which facts have become known. */
  onFacts(listener: (infoHash: InfoHash, fileIndex: number) => void): void
}

/** Knows nothing. */
export const NO_FACTS: FactsSource = {
  factsOf: () => undefined,
  lookedAt: () => {},
  onFacts: () => {},
}

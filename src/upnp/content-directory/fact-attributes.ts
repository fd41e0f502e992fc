import { hasResolution } from '../../library/facts/facts-source.ts'
import type { Item } from '../../library/objects/media-object.ts'
import { spellDuration } from '../../media/duration.ts'
import type { PropertyFilter } from './property-filter.ts'

type Attributes = Readonly<Record<string, string | number | undefined>>

const BITS = 8

/** Attributes of a `res` that tell what the file is (ContentDirectory:1, Appendix B.1.3 to B.1.9). */
export function factAttributes({ facts, resource }: Item, filter: PropertyFilter): Attributes {
  if (facts === undefined) return {}
  const all: Attributes =
    facts.kind === 'image'
      ? { resolution: resolutionOf(facts) }
      : {
          duration: facts.durationMs === null ? undefined : spellDuration(facts.durationMs),
          // Bytes per second, whatever its name says (B.1.5).
          bitrate: facts.bitRate === null ? undefined : Math.round(facts.bitRate / BITS),
          sampleFrequency: facts.audio[0]?.sampleRate ?? undefined,
          nrAudioChannels: facts.audio[0]?.channels ?? undefined,
          resolution:
            facts.kind === 'video' && hasResolution(resource.mediaType.kind)
              ? resolutionOf(facts.video)
              : undefined,
        }
  return Object.fromEntries(Object.entries(all).filter(([name]) => filter.includes(`res@${name}`)))
}

function resolutionOf({
  width,
  height,
}: {
  readonly width: number | null
  readonly height: number | null
}): string | undefined {
  return width === null || height === null ? undefined : `${width}x${height}`
}

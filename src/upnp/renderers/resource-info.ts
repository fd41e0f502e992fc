import type { Item } from '../../library/media-object.ts'
import { contentFeatures } from '../../media/dlna.ts'
import { dlnaProfile } from '../../media/dlna-profile.ts'
import type { MediaType } from '../../media/media-type.ts'
import type { MediaFacts } from '../../media/probe/media-facts.ts'
import type { RendererProfile } from './renderer-profile.ts'
import { spelledType, spelledTypes } from './spelled-type.ts'

/** The fourth field of protocolInfo, and the value of contentFeatures.dlna.org, for one renderer. */
export function featuresFor(
  renderer: RendererProfile,
  type: MediaType | null,
  facts: MediaFacts | undefined,
): string {
  if (renderer.contentFeatures === 'none') return '*'
  const isNamed = renderer.profileNames && type !== null
  return contentFeatures(type, isNamed ? dlnaProfile(facts, type.mimeType) : null)
}

/** The protocolInfo of an item's `res` for one renderer. */
export function protocolInfoFor(renderer: RendererProfile, { resource, facts }: Item): string {
  const { mediaType, path } = resource
  const mimeType = spelledType(renderer, mediaType.mimeType, path)
  return `http-get:*:${mimeType}:${featuresFor(renderer, mediaType, facts)}`
}

/** What we can send, for GetProtocolInfo. */
export function sourceProtocolInfoFor(renderer: RendererProfile): string {
  return spelledTypes(renderer)
    .map((mimeType) => `http-get:*:${mimeType}:*`)
    .join(',')
}

/**
 * The profile names (DLNA.ORG_PN) under which a file is offered to one renderer, each in a `res` of its
 * own; at least one, `null` for a `res` without a name.
 *
 * @param name - Of the file; `null` where no profile is met or nobody knows.
 */
export function profileNamesFor(
  { profileNames, contentFeatures: features, alsoAs }: RendererProfile,
  name: string | null,
): readonly (string | null)[] {
  if (name === null || !profileNames || features === 'none') return [null]
  return [name, ...(alsoAs[name] ?? [])]
}

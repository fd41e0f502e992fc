import type { Item } from '../../library/media-object.ts'
import { contentFeatures } from '../../media/dlna.ts'
import { dlnaProfile } from '../../media/dlna-profile.ts'
import { PROFILE_NAMES } from '../../media/dlna-profile-names.ts'
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

/** What we can send, for GetProtocolInfo: whatever `protocolInfoFor` may say, each profile by its name. */
export function sourceProtocolInfoFor(renderer: RendererProfile): string {
  const named = PROFILE_NAMES.flatMap(({ mimeType, extension, names }) => {
    const spelled = spelledType(renderer, mimeType, `file${extension}`)
    return names.map((name) => `http-get:*:${spelled}:DLNA.ORG_PN=${name}`)
  })
  const isNamed = renderer.profileNames && renderer.contentFeatures === 'full'
  const others = spelledTypes(renderer).map((mimeType) => `http-get:*:${mimeType}:*`)
  return [...(isNamed ? new Set(named) : []), ...others].join(',')
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

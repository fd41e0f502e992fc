import type { Item } from '../../library/objects/media-object.ts'
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

/** The protocolInfo of each `res` that an item's file has for one renderer; the first is what the file is. */
export function protocolInfosFor(
  renderer: RendererProfile,
  { resource, facts }: Item,
): readonly [string, ...string[]] {
  const { mediaType, path } = resource
  const mimeType = spelledType(renderer, mediaType.mimeType, path)
  const info = (features: string): string => `http-get:*:${mimeType}:${features}`
  const [, ...others] = profileNamesFor(renderer, dlnaProfile(facts, mediaType.mimeType))
  return [
    info(featuresFor(renderer, mediaType, facts)),
    ...others.map((name) => info(contentFeatures(mediaType, name))),
  ]
}

/** What we can send, for GetProtocolInfo: whatever `protocolInfosFor` may say, each profile by its name. */
export function sourceProtocolInfoFor(renderer: RendererProfile): string {
  const named = PROFILE_NAMES.flatMap(({ mimeType, extension, names }) => {
    const spelled = spelledType(renderer, mimeType, `file${extension}`)
    const known = names.flatMap((name) => profileNamesFor(renderer, name))
    return known.flatMap((name) =>
      name === null ? [] : `http-get:*:${spelled}:DLNA.ORG_PN=${name}`,
    )
  })
  const others = spelledTypes(renderer).map((mimeType) => `http-get:*:${mimeType}:*`)
  return [...new Set(named), ...others].join(',')
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

import { contentFeatures } from '../../media/dlna.ts'
import type { MediaType } from '../../media/media-type.ts'
import type { RendererProfile } from './renderer-profile.ts'
import { spelledType, spelledTypes } from './spelled-type.ts'

/** The fourth field of protocolInfo, and the value of contentFeatures.dlna.org, for one renderer. */
export function featuresFor(renderer: RendererProfile, type: MediaType | null): string {
  return renderer.contentFeatures === 'none' ? '*' : contentFeatures(type)
}

/**
 * The protocolInfo of a `res` for one renderer.
 *
 * @param path - Of its URL, for the extension.
 */
export function protocolInfoFor(renderer: RendererProfile, type: MediaType, path: string): string {
  return `http-get:*:${spelledType(renderer, type.mimeType, path)}:${featuresFor(renderer, type)}`
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

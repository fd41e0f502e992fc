import { contentFeatures } from '../../media/dlna.ts'
import type { PictureProfile } from '../../media/pictures/picture-profile.ts'
import type { RendererProfile } from './renderer-profile.ts'

const JPEG = { mimeType: 'image/jpeg', kind: 'image' } as const

/** The fourth field of protocolInfo, and contentFeatures.dlna.org, of a picture that we made. */
export function pictureFeaturesFor(renderer: RendererProfile, profile: PictureProfile): string {
  if (renderer.contentFeatures === 'none') return '*'
  const name = renderer.profileNames ? profile : null
  return contentFeatures(JPEG, name, { isConverted: renderer.convertedFlag === 1 })
}

import type { PictureProfile } from './picture-profile.ts'

const NAMES: Readonly<Record<PictureProfile, string>> = {
  JPEG_TN: 'tn',
  JPEG_SM: 'sm',
  JPEG_MED: 'med',
  JPEG_LRG: 'lrg',
}

const PROFILES: ReadonlyMap<string, PictureProfile> = new Map(
  Object.entries(NAMES).map(([profile, name]) => [name, profile as PictureProfile]),
)

/** A picture of an object, as the path of a request names it. */
export interface PictureTarget {
  readonly objectId: string
  readonly profile: PictureProfile
}

/** Ids are below 64 bytes, and URL-safe. */
const PATH = /^(?:https?:\/\/[^/?]*)?\/p\/([\w.-]{1,63})\/(tn|sm|med|lrg)\.jpg(?:\?.*)?$/i

/** `/p/<object id>/<tn|sm|med|lrg>.jpg`: short, because TVs choke on long ones. */
export function picturePath(objectId: string, profile: PictureProfile): string {
  return `/p/${objectId}/${NAMES[profile]}.jpg`
}

/** Reads such a path, or a whole URL, as a request names it; `null` for any other. */
export function parsePictureTarget(requestTarget: string): PictureTarget | null {
  const [, objectId, name = ''] = PATH.exec(requestTarget) ?? []
  const profile = PROFILES.get(name.toLowerCase())
  return objectId === undefined || profile === undefined ? null : { objectId, profile }
}

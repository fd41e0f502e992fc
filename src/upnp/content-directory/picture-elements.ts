import type { Item, MediaObject } from '../../library/objects/media-object.ts'
import { ROOT_ID } from '../../library/objects/object-id.ts'
import { isBearable, LARGEST_IMAGE_BYTES } from '../../media/pictures/picture-limits.ts'
import { picturePath } from '../../media/pictures/picture-path.ts'
import {
  fits,
  fittedSize,
  type PictureProfile,
  type PictureSize,
  profilesOf,
} from '../../media/pictures/picture-profile.ts'
import { pictureFeaturesFor } from '../renderers/picture-info.ts'
import type { RendererProfile } from '../renderers/renderer-profile.ts'
import { type Content, element } from '../xml/xml.ts'
import type { PropertyFilter } from './property-filter.ts'
import { type ResourceUrls, resourceUrl } from './resource-url.ts'

export interface PictureOptions extends ResourceUrls {
  readonly filter: PropertyFilter
  readonly renderer: RendererProfile
}

/** upnp:albumArtURI of anything but the root (ContentDirectory:1, B.1; DLNA guidelines 7.3.61), one for each size. */
export function albumArt(
  object: MediaObject,
  { filter, renderer, ...urls }: PictureOptions,
): Content {
  if (object.id === ROOT_ID || !filter.includes('upnp:albumArtURI')) return []
  return renderer.albumArt.map((profile) =>
    element(
      'upnp:albumArtURI',
      { 'dlna:profileID': profile },
      resourceUrl(urls, picturePath(pictureOwner(object), profile)),
    ),
  )
}

/**
 * One `res` for each smaller size of an image, the largest first, and for the picture of anything else where the renderer
 * looks for it there.
 */
export function pictureResources(item: Item, options: PictureOptions): Content {
  const { filter, renderer } = options
  if (!filter.includes('res')) return []
  if (item.resource.mediaType.kind !== 'image') {
    return renderer.pictureRes ? [pictureResource(item, 'JPEG_TN', null, options)] : []
  }
  const size = sizeOf(item)
  if (size === null || !isMadeSmaller(item, size)) return []
  return profilesOf(size)
    .filter((profile) => !isOriginal(item, size, profile))
    .map((profile) => pictureResource(item, profile, fittedSize(size, profile), options))
}

function pictureResource(
  item: Item,
  profile: PictureProfile,
  size: PictureSize | null,
  { filter, renderer, ...urls }: PictureOptions,
): Content {
  const isTold = size !== null && filter.includes('res@resolution')
  return element(
    'res',
    {
      resolution: isTold ? `${size.width}x${size.height}` : undefined,
      protocolInfo: `http-get:*:image/jpeg:${pictureFeaturesFor(renderer, profile)}`,
    },
    resourceUrl(urls, picturePath(pictureOwner(item), profile)),
  )
}

/** The entries for a file share its picture. */
function pictureOwner(object: MediaObject): string {
  return object.kind === 'item' ? (object.refId ?? object.id) : object.id
}

function sizeOf({ facts }: Item): PictureSize | null {
  if (facts?.kind !== 'image' || facts.width === null || facts.height === null) return null
  return { width: facts.width, height: facts.height }
}

/** Whether pictures are made of an image, as far as facts tell: that a JPEG is progressive shows when one is made. */
function isMadeSmaller({ facts, resource }: Item, size: PictureSize): boolean {
  if (facts?.kind === 'image' && facts.isBroken) return false
  const isByLine = facts?.kind === 'image' && (facts.codec === 'JPEG' || facts.codec === 'PNG')
  return resource.size <= LARGEST_IMAGE_BYTES && isBearable(size, isByLine)
}

/** Whether the file itself is what a profile names. */
function isOriginal({ facts }: Item, size: PictureSize, profile: PictureProfile): boolean {
  if (facts?.kind !== 'image' || facts.codec !== 'JPEG') return false
  return profilesOf(size)[0] === profile && fits(size, profile)
}

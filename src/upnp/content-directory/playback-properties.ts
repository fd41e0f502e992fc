import type { Item } from '../../library/objects/media-object.ts'
import type { RendererProfile } from '../renderers/renderer-profile.ts'
import { type Content, element } from '../xml/xml.ts'
import type { PropertyFilter } from './property-filter.ts'

const MILLISECONDS = { seconds: 1_000, milliseconds: 1 } as const

/** Milliseconds of a position as the TV counts it. */
export function bookmarkMs(position: number, unit: RendererProfile['bookmarkUnit']): number {
  return position * MILLISECONDS[unit]
}

/**
 * How far an item was watched (ContentDirectory:2, appendix B.8). The position is in plain seconds and
 * no `H:MM:SS`: Kodi, which alone asks for it, takes nothing else.
 */
export function playbackProperties({ playback }: Item, filter: PropertyFilter): Content {
  if (playback === null) return []
  const { playCount, positionMs } = playback
  return [
    filter.includes('upnp:playbackCount') ? element('upnp:playbackCount', {}, playCount) : [],
    positionMs > 0 && filter.includes('upnp:lastPlaybackPosition')
      ? element('upnp:lastPlaybackPosition', {}, Math.floor(positionMs / 1_000))
      : [],
  ]
}

/** What Samsung's TVs show of an item, and where they go on playing. */
export function dcmInfo(
  { playback }: Item,
  folderTitle: string,
  unit: RendererProfile['bookmarkUnit'],
): Content {
  const position = Math.floor((playback?.positionMs ?? 0) / MILLISECONDS[unit])
  // A comma would end the value.
  const folder = folderTitle.replaceAll(',', ' ')
  return element('sec:dcmInfo', {}, `CREATIONDATE=0,FOLDER=${folder},BM=${position}`)
}

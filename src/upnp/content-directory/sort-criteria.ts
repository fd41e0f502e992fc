import type { ObjectProperty } from '../../library/objects/object-list.ts'
import type { SortKey } from '../../library/sorting/object-order.ts'

const PROPERTIES: ReadonlyMap<string, ObjectProperty> = new Map([
  ['dc:title', 'title'],
  ['dc:creator', 'artist'],
  ['dc:date', 'date'],
  ['upnp:class', 'class'],
  ['upnp:artist', 'artist'],
  ['upnp:album', 'album'],
  ['upnp:genre', 'genre'],
  ['upnp:actor', 'actor'],
  ['upnp:originalTrackNumber', 'track'],
  ['upnp:seriesTitle', 'series'],
  ['upnp:episodeSeason', 'season'],
  ['upnp:episodeNumber', 'episode'],
  ['res@size', 'size'],
  ['res@duration', 'duration'],
  ['res@bitrate', 'bitrate'],
  ['res@resolution', 'resolution'],
])

/** The value of SortCapabilities: by what Browse and Search can sort. */
export const SORT_CAPABILITIES = [...PROPERTIES.keys()].join()

/** The name of a property with a sign or, as some control points have it, without: `+dc:title`. */
const CRITERION = /^([+-]?)\s*(\S+)$/

/**
 * Reads SortCriteria (ContentDirectory:1, 2.5.7). What cannot be read and what we cannot sort by is
 * left out: TVs send the same criteria to every server, and a fault would keep the folder shut.
 */
export function parseSortCriteria(text: string): readonly SortKey[] {
  const keys = new Map<ObjectProperty, SortKey>()
  for (const criterion of text.split(',')) {
    const [, sign, name = ''] = CRITERION.exec(criterion.trim()) ?? []
    const property = PROPERTIES.get(name)
    // The same property again could not tell apart what it did not the first time.
    if (property === undefined || keys.has(property)) continue
    keys.set(property, { property, descending: sign === '-' })
  }
  return [...keys.values()]
}

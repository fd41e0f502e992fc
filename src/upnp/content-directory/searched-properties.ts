import type { ObjectProperty } from '../../library/objects/object-list.ts'

/** Properties that objects can be searched by (ContentDirectory:1, appendix B). */
const NAMES: Readonly<Record<string, ObjectProperty>> = {
  'dc:title': 'title',
  'dc:creator': 'artist',
  'dc:date': 'date',
  'upnp:class': 'class',
  'upnp:artist': 'artist',
  'upnp:album': 'album',
  'upnp:genre': 'genre',
  'upnp:actor': 'actor',
  'upnp:originalTrackNumber': 'track',
  'upnp:seriesTitle': 'series',
  'upnp:episodeSeason': 'season',
  'upnp:episodeNumber': 'episode',
  'res@size': 'size',
  'res@duration': 'duration',
  'res@bitrate': 'bitrate',
  'res@resolution': 'resolution',
  'res@protocolInfo': 'protocolInfo',
  '@id': 'id',
  '@parentID': 'parentId',
  '@refID': 'refId',
}

/** The value of SearchCapabilities. */
export const SEARCH_CAPABILITIES = Object.keys(NAMES).join()

const BY_NAME: ReadonlyMap<string, ObjectProperty> = new Map(
  Object.entries(NAMES).map(([name, property]) => [name.toLowerCase(), property]),
)

/** By its name in any case; `null` for one that no object of ours has. */
export function searchedProperty(name: string): ObjectProperty | null {
  return BY_NAME.get(name.toLowerCase()) ?? null
}

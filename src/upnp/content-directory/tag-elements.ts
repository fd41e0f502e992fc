import type { Item, ItemTags } from '../../library/objects/media-object.ts'
import { type Content, element } from '../xml/xml.ts'
import type { PropertyFilter } from './property-filter.ts'

/** ContentDirectory:1, appendix B.2 and B.5; of an album, the performer of the piece is its creator as well. */
const TAG_NAMES: readonly (readonly [keyof ItemTags, string])[] = [
  ['artist', 'dc:creator'],
  ['artist', 'upnp:artist'],
  ['actor', 'upnp:actor'],
  ['album', 'upnp:album'],
  ['genre', 'upnp:genre'],
  ['track', 'upnp:originalTrackNumber'],
  ['series', 'upnp:seriesTitle'],
  ['season', 'upnp:episodeSeason'],
  ['episode', 'upnp:episodeNumber'],
]

/** What is known of the content beside its title. */
export function tagElements({ tags }: Item, filter: PropertyFilter): Content {
  const told = TAG_NAMES.map(([tag, name]) => {
    const value = tags[tag]
    return value !== null && filter.includes(name) ? element(name, {}, value) : []
  })
  return [...told, albumArtist(tags, filter)]
}

/** Behind the performer: who reads one takes the first. */
function albumArtist({ artist, albumArtist: name }: ItemTags, filter: PropertyFilter): Content {
  if (name === null || name === artist || !filter.includes('upnp:artist')) return []
  return element('upnp:artist', { role: 'AlbumArtist' }, name)
}

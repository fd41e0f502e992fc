import type { ContainerKind, MediaTags } from './media-facts.ts'
import type { ReportTrack } from './report-track.ts'

/** Where MediaInfo reports a tag; the first that is there. */
interface Fields {
  readonly artist: readonly string[]
  readonly albumArtist: readonly string[]
  readonly album: readonly string[]
  readonly track: readonly string[]
}

const FIELDS: Fields = {
  artist: ['Performer', 'Album_Performer'],
  albumArtist: ['Album_Performer'],
  album: ['Album'],
  track: ['Track_Position'],
}

/** What it takes the fields of these containers for is not what they are used for. */
const FIELDS_OF: Readonly<Partial<Record<ContainerKind, Fields>>> = {
  // INFO chunks of RIFF: IART, IPRD and IPRT.
  wav: {
    artist: ['Performer', 'Director'],
    albumArtist: ['Album_Performer'],
    album: ['Album', 'OriginalSourceForm_Name'],
    track: ['Track_Position', 'Part_Position'],
  },
  // Author and WM/AlbumArtist.
  asf: { ...FIELDS, artist: ['Accompaniment', 'Performer'], albumArtist: ['Performer'] },
}

const LARGEST_NUMBER = 9_999

/** The tags of the whole file. */
export function tagsOf(general: ReportTrack, container: ContainerKind): MediaTags {
  const fields = FIELDS_OF[container] ?? FIELDS
  const first = (names: readonly string[]): string | null =>
    names.map((name) => general.text(name)).find((text) => text !== null) ?? null
  return tagsFrom({
    artist: first(fields.artist),
    albumArtist: first(fields.albumArtist),
    album: first(fields.album),
    genre: general.text('Genre'),
    actor: general.text('Actor') ?? general.extra('ACTOR'),
    track: first(fields.track),
    disc: container === 'wav' ? null : general.text('Part_Position'),
  })
}

/** Tags as they are written, `3/12` for the third of twelve tracks; without those that say nothing. */
export function tagsFrom(texts: Readonly<Record<keyof MediaTags, string | null>>): MediaTags {
  const { artist, albumArtist, album, genre, actor, track, disc } = texts
  return {
    ...(artist === null ? {} : { artist }),
    ...(albumArtist === null ? {} : { albumArtist }),
    ...(album === null ? {} : { album }),
    ...(genre === null ? {} : { genre }),
    ...(actor === null ? {} : { actor }),
    ...(isNumber(track) ? { track: Number.parseInt(track, 10) } : {}),
    ...(isNumber(disc) ? { disc: Number.parseInt(disc, 10) } : {}),
  }
}

function isNumber(text: string | null): text is string {
  const number = Number.parseInt(text ?? '', 10)
  return number > 0 && number <= LARGEST_NUMBER
}

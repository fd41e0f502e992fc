import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AskedDirectory } from '../../helpers/content-directory.ts'
import { visible } from '../../helpers/nasty-names.ts'
import { filesOf, hashOf, torrentOf } from '../../helpers/torrent-shelf.ts'

/** File systems take names of at most so many bytes. */
const NAME_MAX_BYTES = 255

/** What XML, TVs or terminals stumble over. */
const NASTY = fc.constantFrom(
  ...['&', '<', '>', '"', "'", ']]>', '<![CDATA[', '&amp;', '&#0;', '&lt;', '-->', '<?xml', '\\'],
  ...['\u0000', '\u0001', '\u001f', '\u007f', '\u0085', '\u2028', '\ufeff', '\ufffe', '\uffff'],
  ...[
    '\t',
    '\n',
    '\r',
    '\ud83d',
    '\ude00',
    '\u{1f468}\u200d\u{1f469}',
    'e\u0301',
    '\u202e',
    '\u05d0',
  ],
  ...['\u0627', 'S01E02', '2021', '1080p', '.', ' ', '%', '#', '?', ',', ';', '{', '$&'],
)

const NAME = fc
  .array(
    fc.oneof(NASTY, fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ maxLength: 8 })),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((parts) => cut(parts.join('').replaceAll('/', '\\')))

/** Names with a dot before them are hidden. */
function cut(name: string): string {
  let rest = `x${name}`
  while (Buffer.byteLength(`${rest}.mkv`) > NAME_MAX_BYTES) rest = rest.slice(0, -1)
  return rest
}

const TORRENT = fc.record({
  name: NAME,
  folder: NAME,
  // Two at least, or the folders around the only one would not be shown.
  files: fc.array(fc.tuple(NAME, fc.constantFrom('.mkv', '.mp3', '.jpg')), {
    minLength: 2,
    maxLength: 6,
  }),
})

describe('DIDL-Lite of any names', () => {
  it('is well-formed in its answer and in itself, and says what a person sees', async () => {
    await fc.assert(
      fc.asyncProperty(TORRENT, async ({ name, folder, files }) => {
        const infoHash = hashOf('any')
        const paths = files.map(() => 'x')
        const listed = filesOf(paths).map((file, index) => ({
          ...file,
          components: [folder, `${index}${files[index]?.[0]}${files[index]?.[1]}`],
        }))
        const directory = new AskedDirectory([{ ...torrentOf('any', []), name, files: listed }])
        const inFolder = await directory.browse({ ObjectID: `${infoHash}-d1-0` })
        const titles = listed.map(({ components }) => visible(components[1] ?? ''))
        expect(new Set(inFolder.titles)).toEqual(new Set(titles))
        const inTorrent = await directory.browse({ ObjectID: infoHash })
        expect(inTorrent.titles).toEqual([visible(folder)])
        const root = await directory.browse()
        expect(root.titles.at(-1)).toBe(visible(name))
        for (const { $ } of root.containers) await everything(directory, $.id ?? '')
        const found = await directory.search('upnp:class derivedfrom "object.item"')
        expect(new Set(found.titles)).toEqual(new Set(titles))
        const quoted = visible(listed[0]?.components[1] ?? '').replace(/["\\]/g, '\\$&')
        const one = await directory.search(`dc:title = "${quoted}"`)
        expect(one.titles).toContain(titles[0])
      }),
      { numRuns: 60, seed: 20_261_122 },
    )
  })
})

/** Parses all that is below. */
async function everything(directory: AskedDirectory, id: string): Promise<void> {
  const { containers, items, counts } = await directory.browse({ ObjectID: id })
  expect(counts.NumberReturned).toBe(String(containers.length + items.length))
  for (const { $ } of containers) await everything(directory, $.id ?? '')
}

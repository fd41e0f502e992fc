import { expect, it } from 'vitest'
import { SubtitleCatalog } from '../../../src/library/subtitles/subtitle-catalog.ts'
import { SubtitleTexts } from '../../../src/library/subtitles/subtitle-texts.ts'
import { makeMatroska } from '../../helpers/make-matroska.ts'
import { makeTorrent } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'

const MIB = 1024 * 1024
const FORM = { format: 'srt' } as const
/** 30 MiB with a cue in each. */
const FILM = makeMatroska({
  tracks: [{ number: 2, codec: 'S_TEXT/UTF8' }],
  cues: Array.from({ length: 30 }, (_, index) => ({
    track: 2,
    start: index * 5_000,
    duration: 1_000,
    text: `The line ${index}.`,
  })),
  filler: MIB,
})
const FIXTURE = makeTorrent(
  'Film',
  [
    { path: ['Film.mkv'], data: FILM },
    { path: ['Film.srt'], data: Buffer.from('00:00:01,0 --> 00:00:02,0\nBeside\n') },
  ],
  256 * 1024,
)

async function onDemand() {
  const seeder = await openSeeder(FIXTURE)
  const session = await openSession({ onDemand: true })
  const source = { kind: 'torrent-file', bytes: FIXTURE.torrentFile } as const
  const { torrent } = await session.add(source, { initialPeers: [seeder.address] })
  await until(session, () => torrent.state.kind === 'live')
  const texts = new SubtitleTexts({ catalog: new SubtitleCatalog() })
  return { session, torrent, texts }
}

it('fetches a file of subtitles, and nothing but it, of a torrent on demand', async () => {
  const { torrent, texts } = await onDemand()
  const text = await texts.get(torrent, { kind: 'sidecar', fileIndex: 1 }, FORM)
  expect(text?.bytes.toString()).toContain('Beside')
  expect(torrent.stats().fileProgress[0]).toBeLessThan(MIB)
})

it('fetches of a film its index and its beginning, and gives all once all is there', async () => {
  const { session, torrent, texts } = await onDemand()
  const reference = { kind: 'track', fileIndex: 0, track: 2 } as const
  const first = await texts.get(torrent, reference, FORM)
  expect(first?.isComplete).toBe(false)
  expect(torrent.hasWhole(0)).toBe(false)
  expect(first?.bytes.toString()).toContain('The line 0.')
  expect(first?.bytes.toString()).not.toContain('The line 29.')
  expect(torrent.stats().fileProgress[0]).toBeLessThan(FILM.length / 2)
  // Somebody watches it to its end.
  const stream = torrent.stream(0)
  const buffer = Buffer.alloc(MIB)
  while ((await stream.read(buffer)) > 0);
  stream.close()
  await until(session, () => torrent.stats().fileProgress[0] === FILM.length)
  expect(torrent.hasWhole(0)).toBe(true)
  const later = await new SubtitleTexts({ catalog: new SubtitleCatalog() }).get(
    torrent,
    reference,
    FORM,
  )
  expect(later?.isComplete).toBe(true)
  expect(later?.bytes.toString().match(/The line/g)).toHaveLength(30)
})

it('says what it could not get in time', async () => {
  const session = await openSession({ onDemand: true })
  const source = { kind: 'torrent-file', bytes: FIXTURE.torrentFile } as const
  const { torrent } = await session.add(source)
  await until(session, () => torrent.state.kind === 'live')
  const texts = new SubtitleTexts({
    catalog: new SubtitleCatalog(),
    indexPatienceMs: 50,
    contentPatienceMs: 50,
  })
  const sidecar = await texts.get(torrent, { kind: 'sidecar', fileIndex: 1 }, FORM)
  expect(sidecar).toMatchObject({ isComplete: false, bytes: Buffer.alloc(0) })
  expect(await texts.get(torrent, { kind: 'track', fileIndex: 0, track: 2 }, FORM)).toBeNull()
})

import { expect, test } from 'vitest'
import { libraryEvents } from '../../../src/http/operations/library-events.ts'
import { NO_FACTS } from '../../../src/library/facts/facts-source.ts'
import { Library } from '../../../src/library/library.ts'
import { SubtitleCatalog } from '../../../src/library/subtitles/subtitle-catalog.ts'
import { silentLogger } from '../../../src/log.ts'
import type { InfoHash } from '../../../src/torrents/metainfo/info-hash.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { memoryStore, TorrentShelf } from '../../helpers/torrent-shelf.ts'

const NOW = new Date('2026-01-02T03:04:05Z')

function events() {
  const torrent = new FakeTorrent(1, 'Show', [
    { path: 'Show.S01E01.mkv', length: 1_000 },
    { path: 'Show.S01E01.en.srt', length: 100 },
    { path: 'Show.S01E02.mkv', length: 1_000 },
  ])
  let hear: (infoHash: InfoHash, fileIndex: number) => void = () => {}
  let probed = 0
  const facts = {
    ...NO_FACTS,
    onFacts: (listener: typeof hear) => {
      hear = listener
    },
    get probing() {
      return probed === 0 ? null : { infoHash: torrent.infoHash, probed, total: 2 }
    },
  }
  const source = new TorrentShelf([torrent])
  const subtitles = new SubtitleCatalog()
  const options = { source, updateIds: memoryStore(), subtitles, facts, log: silentLogger() }
  const library = new Library(options)
  const session = new FakeSession(torrent)
  const [files, probing] = libraryEvents({ session, library, facts, subtitles })
  const look = (fileIndex: number): void => {
    probed++
    hear(torrent.infoHash, fileIndex)
  }
  return { torrent, library, files, probing, look }
}

test('pages hear once how far a film was watched, wherever that was', () => {
  const { torrent, library, files } = events()
  expect(files?.body()).toBeNull()
  for (const positionMs of [5_000, 61_000]) {
    library.setPlayback(`${torrent.infoHash}-0`, { positionMs }, NOW)
  }
  expect(files?.body()).toEqual({
    files: [
      {
        ...{ info_hash: torrent.infoHash, file_idx: 0, resume_s: 61, watched: false },
        played_at: NOW.getTime(),
        ...{ duration_s: null, resolution: null, video: null, audio: [], subtitle_count: 1 },
      },
    ],
  })
  expect(files?.body()).toBeNull()
})

test('pages hear of what is being looked into', () => {
  const { torrent, files, probing, look } = events()
  expect(probing?.body()).toEqual({ probing: null })
  look(2)
  // Nobody has it: nothing comes that could be looked into.
  expect(probing?.body()).toEqual({ probing: null })
  torrent.facts = { ...torrent.facts, finished: true }
  expect(probing?.body()).toEqual({
    probing: { info_hash: torrent.infoHash, torrent_name: 'Show', probed: 1, total: 2 },
  })
  expect(files?.body()).toMatchObject({ files: [{ file_idx: 2 }] })
})

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { type Logger, silentLogger } from '../../../src/log.ts'
import { FileSet } from '../../../src/torrents/metainfo/file-set.ts'
import type { InfoHash } from '../../../src/torrents/metainfo/info-hash.ts'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import {
  loadResumeData,
  NOTHING_SAVED,
  saveResumeData,
} from '../../../src/torrents/state/resume-data.ts'
import type { SessionRecord, TorrentRecord } from '../../../src/torrents/state/session-record.ts'
import { SessionState } from '../../../src/torrents/state/session-state.ts'
import { singleFile } from '../../helpers/make-torrent.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const INFO_HASH = '0123456789abcdef0123456789abcdef01234567' as InfoHash
const torrent: TorrentRecord = {
  ...{ id: 3, infoHash: INFO_HASH, addedAt: new Date(1_700_000_000_123), isPaused: true },
  ...{ onlyFiles: FileSet.of([0, 2]), outputFolder: 'Show', wantedFolder: null, adopt: false },
  ...{ name: 'caf\u00e9 \u{1f600}', trackers: ['udp://a'], peers: ['1.2.3.4:5'] },
  exactSources: ['http://a/x.torrent'],
}
const film = parseMetainfo(singleFile('film.mkv', Buffer.from('film')).torrentFile)
const filmRecord: TorrentRecord = {
  ...torrent,
  ...{ id: 5, infoHash: film.infoHash, outputFolder: 'films', name: 'film.mkv', onlyFiles: null },
}
const record: SessionRecord = { nextId: 7, torrents: [torrent, filmRecord] }

function stateIn(folder: string, log = silentLogger()): SessionState {
  return new SessionState(folder, log)
}

/** Two torrents; the torrent file of the film is there. */
async function savedState(times = 1): Promise<{ folder: string; path: string }> {
  const folder = await temporaryFolder()
  const state = stateIn(folder)
  await state.torrentFile(film.infoHash).write(film.torrentFile)
  for (let time = 0; time < times; time++) await state.save(record)
  return { folder, path: join(folder, 'session.json') }
}

function recordingLog(): { log: Logger; warnings: string[] } {
  const warnings: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) })
  return { log, warnings }
}

describe('SessionState', () => {
  it('is empty at first', async () => {
    expect(await stateIn(await temporaryFolder()).load()).toEqual({ nextId: 0, torrents: [] })
  })

  it('brings back what was saved', async () => {
    const { folder } = await savedState()
    expect(await stateIn(folder).load()).toEqual(record)
  })

  it('keeps a torrent file, resume data and parts for each torrent, and removes them', async () => {
    const folder = await temporaryFolder()
    const state = stateIn(folder)
    expect(state.torrentFile(INFO_HASH).path).toBe(join(folder, `${INFO_HASH}.torrent`))
    expect(state.resumeData(INFO_HASH).path).toBe(join(folder, `${INFO_HASH}.resume`))
    await state.torrentFile(INFO_HASH).write('x')
    await mkdir(join(state.partsFolder(INFO_HASH), '0'), { recursive: true })
    await mkdir(state.resumeData(INFO_HASH).path)
    await state.remove(INFO_HASH)
    expect(await readdir(folder)).toEqual([])
  })
})

describe('progress that is forgotten', () => {
  const resumed = { ...NOTHING_SAVED, pieces: new Uint8Array([0x80]) }

  it('leaves nothing', async () => {
    const state = stateIn(await temporaryFolder())
    await saveResumeData(state.resumeData(INFO_HASH), resumed)
    await state.forgetProgress(INFO_HASH)
    expect(await state.resumeData(INFO_HASH).read()).toBeNull()
  })

  it('leaves the names under which files lie on the disk, so that a check finds them', async () => {
    const state = stateIn(await temporaryFolder())
    const names = new Map([[0, 'Who_/a_b.mkv']])
    await saveResumeData(state.resumeData(INFO_HASH), { ...resumed, names })
    await state.forgetProgress(INFO_HASH)
    const left = await loadResumeData(state.resumeData(INFO_HASH))
    expect([left.names, left.pieces.length]).toEqual([names, 0])
  })
})

describe('a damaged session', () => {
  const texts = ['', '{', 'null', '[]', '{}', '7', '{"nextId":1}', '\0'.repeat(500)]

  it.each(texts)('starts, is kept beside, and comes back from the one before: %j', async (text) => {
    const { folder, path } = await savedState(2)
    await writeFile(path, text)
    const { log, warnings } = recordingLog()
    const loaded = await stateIn(folder, log).load()
    expect(loaded).toEqual({ nextId: 7, torrents: [filmRecord] })
    const kept = (await readdir(folder)).filter((name) => name.startsWith('session.json.bad-'))
    expect(kept).toHaveLength(1)
    expect(await readFile(join(folder, kept[0] ?? ''), 'utf8')).toBe(text)
    expect(warnings.join('')).toContain('film.mkv')
  })

  it('that was cut short anywhere loses no torrent that has a torrent file', async () => {
    const { folder, path } = await savedState(2)
    const whole = await readFile(path, 'utf8')
    for (let length = 0; length < whole.length - 1; length += 7) {
      await writeFile(path, whole.slice(0, length))
      const { torrents } = await stateIn(folder).load()
      expect(torrents.map(({ infoHash }) => infoHash)).toContain(film.infoHash)
    }
    const kept = (await readdir(folder)).filter((name) => name.startsWith('session.json.bad-'))
    expect(kept.length).toBeLessThanOrEqual(3)
  })

  it('adopts torrents from their torrent files alone, also where all lists are gone', async () => {
    const { folder } = await savedState()
    for (const name of ['session.json', 'session.json.previous']) {
      await mkdir(join(folder, 'elsewhere'), { recursive: true })
      await writeFile(join(folder, name), '{')
    }
    const { nextId, torrents } = await stateIn(folder).load()
    expect(torrents).toHaveLength(1)
    expect(torrents[0]).toMatchObject({
      ...{ id: 0, infoHash: film.infoHash, name: 'film.mkv', isPaused: false, adopt: true },
      ...{ onlyFiles: null, outputFolder: null },
    })
    expect(nextId).toBe(1)
  })

  it('brings a magnet back from the list before, which has no torrent file', async () => {
    const folder = await temporaryFolder()
    const magnet = { ...torrent, outputFolder: null }
    await stateIn(folder).save({ nextId: 4, torrents: [magnet] })
    await stateIn(folder).save({ nextId: 4, torrents: [magnet] })
    await writeFile(join(folder, 'session.json'), '')
    expect(await stateIn(folder).load()).toEqual({ nextId: 4, torrents: [magnet] })
  })

  it('does not bring back a torrent that was removed', async () => {
    const { folder, path } = await savedState(2)
    await stateIn(folder).remove(film.infoHash)
    await writeFile(path, '')
    expect((await stateIn(folder).load()).torrents).toEqual([])
  })

  it('is a folder, and starts', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'session.json', 'x'), { recursive: true })
    const state = stateIn(folder)
    expect(await state.load()).toEqual({ nextId: 0, torrents: [] })
    await state.save(record)
    expect(await stateIn(folder).load()).toEqual(record)
  })

  it.each([
    ['no info hash', { infoHash: undefined }],
    ['an info hash that cannot be a text', { infoHash: { toString: false } }],
    ['an info hash that is none', { infoHash: '../../etc/passwd' }],
    ['a folder that is a number', { outputFolder: 7 }],
    ['a selection that is none', { onlyFiles: {} }],
    ['a selection of text', { onlyFiles: 'all' }],
    ['a selection that is a number', { onlyFiles: 7 }],
  ])('with %s in one entry loses no other, and names it', async (_, damage) => {
    const folder = await temporaryFolder()
    const bad = { ...torrent, name: 'the bad one', ...damage }
    const text = JSON.stringify({ nextId: 7, torrents: [bad, filmRecord] })
    await writeFile(join(folder, 'session.json'), text)
    const { log, warnings } = recordingLog()
    const loaded = await stateIn(folder, log).load()
    expect(loaded).toEqual({ nextId: 7, torrents: [filmRecord] })
    expect(warnings[0]).toContain('the bad one')
    expect((await readdir(folder)).filter((name) => name.includes('.bad-'))).toHaveLength(1)
  })

  it.each([null, 7, 'x', [], {}])('with %j for an entry loses no other', async (entry) => {
    const folder = await temporaryFolder()
    const text = JSON.stringify({ nextId: 7, torrents: [entry, filmRecord] })
    await writeFile(join(folder, 'session.json'), text)
    expect((await stateIn(folder).load()).torrents).toEqual([filmRecord])
  })

  it('gives a bad entry back from its torrent file', async () => {
    const { folder, path } = await savedState()
    const bad = { ...filmRecord, onlyFiles: {} }
    await writeFile(path, JSON.stringify({ nextId: 7, torrents: [torrent, bad] }))
    const { torrents } = await stateIn(folder).load()
    expect(torrents.map(({ infoHash }) => infoHash)).toEqual([INFO_HASH, film.infoHash])
  })

  it('does without what can be done without', async () => {
    const folder = await temporaryFolder()
    const odd = { infoHash: film.infoHash, id: 'x', addedAt: 'never', peers: [1, '1.2.3.4:5'] }
    const text = JSON.stringify({ nextId: -3, torrents: [torrent, odd] })
    await writeFile(join(folder, 'session.json'), text)
    const { nextId, torrents } = await stateIn(folder).load()
    expect(nextId).toBe(5)
    expect(torrents[1]).toMatchObject({
      ...{ id: 4, addedAt: new Date(0), isPaused: false, peers: ['1.2.3.4:5'], trackers: [] },
    })
  })

  it('gives no id twice', async () => {
    const folder = await temporaryFolder()
    const twin = { ...filmRecord, id: torrent.id }
    const text = JSON.stringify({ nextId: 1, torrents: [torrent, twin, torrent] })
    await writeFile(join(folder, 'session.json'), text)
    const { nextId, torrents } = await stateIn(folder).load()
    expect(torrents.map(({ id }) => id)).toEqual([3, 4])
    expect(nextId).toBe(5)
  })
})

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FileSet } from '../../../src/torrents/file-set.ts'
import type { InfoHash } from '../../../src/torrents/info-hash.ts'
import {
  type SessionRecord,
  SessionState,
  type TorrentRecord,
} from '../../../src/torrents/state/session-state.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const INFO_HASH = '0123456789abcdef0123456789abcdef01234567' as InfoHash
const torrent: TorrentRecord = {
  ...{ id: 3, infoHash: INFO_HASH, addedAt: new Date(1_700_000_000_123), isPaused: true },
  ...{
    onlyFiles: FileSet.of([0, 2]),
    exactSources: [],
    outputFolder: 'Show',
    wantedFolder: null,
    adopt: false,
  },
  ...{ name: 'caf\u00e9 \u{1f600}', trackers: ['udp://a'], peers: ['1.2.3.4:5'] },
}
const record: SessionRecord = { nextId: 7, torrents: [torrent, { ...torrent, onlyFiles: null }] }

describe('SessionState', () => {
  it('is empty at first', async () => {
    const state = new SessionState(await temporaryFolder())
    expect(await state.load()).toEqual({ nextId: 0, torrents: [] })
  })

  it('brings back what was saved', async () => {
    const folder = await temporaryFolder()
    await new SessionState(folder).save(record)
    expect(await new SessionState(folder).load()).toEqual(record)
  })

  it('leaves out torrents whose info hash is none', async () => {
    const folder = await temporaryFolder()
    const nobody = { ...torrent, infoHash: '../../etc/passwd' as InfoHash }
    await new SessionState(folder).save({ nextId: 1, torrents: [nobody, torrent] })
    expect((await new SessionState(folder).load()).torrents).toEqual([torrent])
  })

  it.each(['', '{', 'null', '[]', '{}', '{"nextId":"1","torrents":[]}', '{"nextId":1}'])(
    'names the file that is damaged, and leaves it as it is: %j',
    async (text) => {
      const folder = await temporaryFolder()
      const path = join(folder, 'session.json')
      await writeFile(path, text)
      await expect(new SessionState(folder).load()).rejects.toThrow(`${path} is damaged`)
      expect(await readFile(path, 'utf8')).toBe(text)
    },
  )

  it('keeps a torrent file and resume data for each torrent', async () => {
    const folder = await temporaryFolder()
    const state = new SessionState(folder)
    expect(state.torrentFile(INFO_HASH).path).toBe(join(folder, `${INFO_HASH}.torrent`))
    expect(state.resumeData(INFO_HASH).path).toBe(join(folder, `${INFO_HASH}.resume`))
  })
})

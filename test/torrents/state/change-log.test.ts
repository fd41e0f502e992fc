import { appendFile, open, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import type { InfoHash } from '../../../src/torrents/metainfo/info-hash.ts'
import type { TorrentRecord } from '../../../src/torrents/state/session-record.ts'
import { SessionState } from '../../../src/torrents/state/session-state.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const one = magnetOf(1)
const two = magnetOf(2)
const three = magnetOf(3)

function magnetOf(id: number): TorrentRecord {
  return {
    ...{ id, infoHash: String(id).repeat(40) as InfoHash, addedAt: new Date(id), isPaused: false },
    ...{ onlyFiles: null, outputFolder: null, wantedFolder: null, adopt: false, name: `${id}` },
    ...{ trackers: [], exactSources: [], peers: [] },
  }
}

/** A list of two, then changes: the third comes, the first is paused, the second goes. */
async function changedState(): Promise<string> {
  const folder = await temporaryFolder()
  const state = new SessionState(folder, silentLogger())
  await state.save({ nextId: 3, torrents: [one, two] })
  await state.append({ nextId: 4, put: [three], removed: [] })
  await state.append({ nextId: 4, put: [{ ...one, isPaused: true }], removed: [] })
  await state.append({ nextId: 4, put: [], removed: [two.infoHash] })
  await state.close()
  return folder
}

const load = (folder: string) => new SessionState(folder, silentLogger()).load()

describe('changes behind the list of torrents', () => {
  it('count as if the list had been written with them', async () => {
    const folder = await changedState()
    const torrents = [{ ...one, isPaused: true }, three]
    expect(await load(folder)).toEqual({ nextId: 4, torrents })
  })

  it('keep an id from being given again whose torrent is gone', async () => {
    const folder = await temporaryFolder()
    const state = new SessionState(folder, silentLogger())
    await state.save({ nextId: 2, torrents: [one] })
    await state.append({ nextId: 3, put: [two], removed: [] })
    await state.append({ nextId: 3, put: [], removed: [two.infoHash] })
    await state.close()
    expect(await load(folder)).toEqual({ nextId: 3, torrents: [one] })
  })

  it('that were cut short by a crash lose the last one alone', async () => {
    const folder = await changedState()
    const path = join(folder, 'session.changes')
    const { length } = await readFile(path)
    await truncate(path, length - 5)
    const torrents = [{ ...one, isPaused: true }, two, three]
    expect(await load(folder)).toEqual({ nextId: 4, torrents })
  })

  it('end with the next list: none of them is applied to it', async () => {
    const folder = await changedState()
    const stale = await readFile(join(folder, 'session.changes'))
    const state = new SessionState(folder, silentLogger())
    await state.load()
    await state.save({ nextId: 4, torrents: [two] })
    // As if it had been killed before the next change was logged.
    await writeFile(join(folder, 'session.changes'), stale)
    expect(await load(folder)).toEqual({ nextId: 4, torrents: [two] })
  })

  it('are what is left of torrents whose list is damaged', async () => {
    const folder = await changedState()
    await writeFile(join(folder, 'session.json'), '{')
    const { torrents, nextId } = await load(folder)
    expect(torrents).toEqual([{ ...one, isPaused: true }, three])
    expect(nextId).toBe(4)
  })

  it('may be followed by anything', async () => {
    const folder = await changedState()
    await appendFile(
      join(folder, 'session.changes'),
      '\n{"put":7}\nnull\n[]\n\0\0\0\n{"put":{"infoH',
    )
    const { torrents } = await load(folder)
    expect(torrents).toEqual([{ ...one, isPaused: true }, three])
  })
})

it('are all there after a disk that was full when the log began has room again', async () => {
  const folder = await temporaryFolder()
  const state = new SessionState(folder, silentLogger())
  await state.save({ nextId: 3, torrents: [one, two] })
  const file = await open(join(folder, 'session.json'))
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
  })
  const write = vi.spyOn(Object.getPrototypeOf(file), 'write').mockRejectedValueOnce(full)
  const append = () => state.append({ nextId: 4, put: [three], removed: [] })
  await expect(append()).rejects.toMatchObject({ fault: 'full', what: 'the list of torrents' })
  write.mockRestore()
  await append()
  await Promise.all([state.close(), file.close()])
  expect(await load(folder)).toEqual({ nextId: 4, torrents: [one, two, three] })
})

import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { expect, it, onTestFinished } from 'vitest'
import { createLogger } from '../../../src/json-log.ts'
import { silentLogger } from '../../../src/log.ts'
import { SessionKeeper } from '../../../src/torrents/session/session-keeper.ts'
import { TorrentList } from '../../../src/torrents/session/torrent-list.ts'
import type { SessionRecord } from '../../../src/torrents/state/session-record.ts'
import { SessionState } from '../../../src/torrents/state/session-state.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

/** Counts what it is asked to save. */
class CountingState extends SessionState {
  saves = 0

  override save(record: SessionRecord): Promise<void> {
    this.saves++
    return super.save(record)
  }
}

async function keeperIn(log = silentLogger()): Promise<{
  keeper: SessionKeeper
  state: CountingState
  folder: string
  path: string
}> {
  const folder = join(await temporaryFolder(), 'state')
  const state = new CountingState(folder, silentLogger())
  const keeper = new SessionKeeper(state, new TorrentList(), 5, log)
  onTestFinished(() => keeper.close())
  return { keeper, state, folder, path: join(folder, 'session.json') }
}

it('writes a few times what changes a thousand times at once', async () => {
  const { keeper, state } = await keeperIn()
  await Promise.all(Array.from({ length: 1_000 }, () => keeper.save([])))
  expect(state.saves).toBeLessThanOrEqual(2)
})

it('writes what has changed while it was writing', async () => {
  const { keeper, path } = await keeperIn()
  const first = keeper.save([])
  await Promise.resolve()
  keeper.takeId()
  await keeper.save([])
  await first
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ nextId: 6 })
})

it('tells who waits that it cannot be saved, and is behind until it can', async () => {
  const { keeper, folder } = await keeperIn()
  await writeFile(folder, 'in the way')
  await expect(keeper.save([])).rejects.toThrow('EEXIST')
  expect(keeper.isBehind).toBe(true)
  await rm(folder)
  await keeper.save([])
  expect(keeper.isBehind).toBe(false)
})

it('says so where nobody waits', async () => {
  const lines: string[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const { keeper, folder } = await keeperIn(createLogger('info', destination))
  await writeFile(folder, 'in the way')
  void keeper.saveOrSay([])
  await expect.poll(() => lines.join()).toContain('cannot save the session')
})

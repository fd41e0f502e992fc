import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { FakeSwarms } from '../../helpers/fake-swarms.ts'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { openSession } from '../../helpers/sessions.ts'

const film = singleFile('film.mkv', pseudoRandomBytes(40_000, 1))
const { infoHash, infoBytes } = parseMetainfo(film.torrentFile)
const MAGNET = `magnet:?xt=urn:btih:${infoHash}`

it('a magnet looks for its peers before the disk has taken the list', async () => {
  const swarms = new FakeSwarms()
  const session = await openSession({ openSwarms: async () => swarms })
  const list = join(session.folder, '.tributary', 'session.json')
  const wasThere: boolean[] = []
  swarms.onJoin = () => wasThere.push(existsSync(list))
  await session.add(MAGNET)
  expect(wasThere).toEqual([false])
  expect(existsSync(list)).toBe(true)
})

it('nobody is told of a change before the torrent itself, however fast peers answer', async () => {
  const swarms = new FakeSwarms()
  const session = await openSession({ openSwarms: async () => swarms })
  swarms.onJoin = () => queueMicrotask(() => swarms.of(infoHash).listener.metadata(infoBytes))
  const events: string[] = []
  session.on('added', () => events.push('added'))
  session.on('changed', () => events.push('changed'))
  const { torrent } = await session.add(MAGNET)
  await torrent.ready()
  await expect.poll(() => torrent.state.kind, { timeout: 10_000 }).toBe('live')
  expect(events[0]).toBe('added')
  expect(events).toContain('changed')
})

it('a magnet that cannot be saved leaves its swarm again', async () => {
  const swarms = new FakeSwarms()
  const session = await openSession({ openSwarms: async () => swarms })
  const state = join(session.folder, '.tributary')
  await rename(state, `${state}.away`)
  // A file stands where the state belongs.
  await writeFile(state, '')
  await expect(session.add(MAGNET)).rejects.toThrow('EEXIST')
  expect(session.torrents).toEqual([])
  expect(swarms.of(infoHash).isClosed).toBe(true)
  await rm(state)
  await rename(`${state}.away`, state)
})

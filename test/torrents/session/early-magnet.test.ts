import { existsSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
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

it('nobody is told of a change before the torrent itself, however soon it comes', async () => {
  const swarms = new FakeSwarms()
  const session = await openSession({ openSwarms: async () => swarms })
  swarms.onJoin = () => {
    queueMicrotask(() => swarms.of(infoHash).listener.failed(new Error('no engine')))
  }
  const events: string[] = []
  session.on('added', ({ state }) => events.push(`added, ${state.kind}`))
  session.on('changed', () => events.push('changed'))
  await session.add(MAGNET)
  expect(events).toEqual(['added, error'])
})

it('has its metadata on the disk when it is ready', async () => {
  const swarms = new FakeSwarms()
  const session = await openSession({ openSwarms: async () => swarms })
  swarms.onJoin = () => queueMicrotask(() => swarms.of(infoHash).listener.metadata(infoBytes))
  const { torrent } = await session.add(MAGNET)
  await torrent.ready()
  const kept = await readFile(join(session.folder, '.tributary', `${infoHash}.torrent`))
  expect(parseMetainfo(kept).infoHash).toBe(infoHash)
})

it('fails where its metadata cannot be kept, and leaves nothing open', async () => {
  const swarms = new FakeSwarms()
  const session = await openSession({ openSwarms: async () => swarms })
  const { torrent } = await session.add(MAGNET)
  const state = join(session.folder, '.tributary')
  await rename(state, `${state}.away`)
  await writeFile(state, '')
  swarms.of(infoHash).listener.metadata(infoBytes)
  await expect.poll(() => torrent.state.kind, { timeout: 10_000 }).toBe('error')
  expect(torrent.content).toBe(null)
  await rm(state)
  await rename(`${state}.away`, state)
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

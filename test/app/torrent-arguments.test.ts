import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTorrentArguments } from '../../src/app/torrent-arguments.ts'
import { ConfigError } from '../../src/config/config-error.ts'

const INFO_HASH = 'a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9'
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-test-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('readTorrentArguments()', () => {
  it('tells magnets, URLs, info hashes and paths apart', async () => {
    const path = fileURLToPath(new URL('../../demo/River.torrent', import.meta.url))
    const magnet = `magnet:?xt=urn:btih:${INFO_HASH}`
    const url = 'https://example.org/a.torrent'
    const torrents = await readTorrentArguments([magnet, url, INFO_HASH.toUpperCase(), path])
    expect(torrents.map(({ source }) => source)).toMatchObject([
      { kind: 'magnet', magnet: { infoHash: INFO_HASH } },
      { kind: 'url', url },
      { kind: 'info-hash', infoHash: INFO_HASH },
      { kind: 'torrent-file' },
    ])
  })

  it('names a file that cannot be read', async () => {
    const path = join(folder, 'absent.torrent')
    const promise = readTorrentArguments([path])
    await expect(promise).rejects.toThrow(ConfigError)
    await expect(promise).rejects.toThrow(`cannot use torrent "${path}": no such file or directory`)
  })

  it('names the command that may have been meant', async () => {
    await expect(readTorrentArguments(['lst'])).rejects.toThrow('; is it "tributary list"?')
    await expect(readTorrentArguments(['film'])).rejects.toThrow(/directory$/)
  })

  it('refuses a file that is no torrent', async () => {
    const path = join(folder, 'film.torrent')
    await writeFile(path, 'not a torrent')
    await expect(readTorrentArguments([path])).rejects.toThrow('not a torrent file')
  })

  it('reads no more than a torrent file can have', async () => {
    const path = join(folder, 'huge.torrent')
    await writeFile(path, '')
    await truncate(path, 2 ** 40)
    await expect(readTorrentArguments([path])).rejects.toThrow('too large for a torrent file')
  })

  it('names a folder that is no file', async () => {
    await expect(readTorrentArguments([folder])).rejects.toThrow('illegal operation on a directory')
  })

  it('refuses a magnet without an info hash', async () => {
    const promise = readTorrentArguments(['magnet:?dn=film'])
    await expect(promise).rejects.toThrow(ConfigError)
    await expect(promise).rejects.toThrow('no BitTorrent info hash')
  })
})

import { describe, expect, it } from 'vitest'
import { MetadataWait } from '../../../src/torrents/torrent/metadata-wait.ts'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'

const closed = new TorrentError('closed', 'removed')

describe('MetadataWait', () => {
  it('wakes all who wait', async () => {
    const wait = new MetadataWait()
    const waiting = Promise.all([wait.wait(), wait.wait({ timeoutMs: 60_000 })])
    wait.settle(null)
    await expect(waiting).resolves.toHaveLength(2)
  })

  it('holds nobody up who comes later', async () => {
    const wait = new MetadataWait()
    wait.settle(null)
    await expect(wait.wait({ timeoutMs: 0 })).resolves.toBeUndefined()
  })

  it('rejects with the reason', async () => {
    const wait = new MetadataWait()
    const waiting = wait.wait()
    wait.settle(closed)
    await expect(waiting).rejects.toBe(closed)
    await expect(wait.wait()).rejects.toBe(closed)
  })

  it('rejects when time is up, and may still be there for the next', async () => {
    const wait = new MetadataWait()
    await expect(wait.wait({ timeoutMs: 1 })).rejects.toMatchObject({ kind: 'timeout' })
    wait.settle(null)
    await expect(wait.wait({ timeoutMs: 1 })).resolves.toBeUndefined()
  })

  it('keeps to the first outcome', async () => {
    const wait = new MetadataWait()
    wait.settle(null)
    wait.settle(closed)
    await expect(wait.wait()).resolves.toBeUndefined()
  })
})

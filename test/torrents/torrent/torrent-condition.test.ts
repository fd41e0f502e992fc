import { expect, it } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { FilesGoneError } from '../../../src/torrents/torrent/files-gone.ts'
import { TorrentCondition } from '../../../src/torrents/torrent/torrent-condition.ts'

function condition(phase: TorrentCondition['phase'] = 'ready'): TorrentCondition {
  return new TorrentCondition(phase, false, { name: 'Film', log: silentLogger() })
}

it('has no failure any more once writing works again', () => {
  const torrent = condition()
  expect(torrent.setWriteFailure('disk full')).toBe(true)
  expect(torrent.setWriteFailure('disk full')).toBe(false)
  expect(torrent.failure).toBe('disk full')
  expect(torrent.setWriteFailure(null)).toBe(true)
  expect(torrent.failure).toBeNull()
})

it('keeps another failure when writing works again', () => {
  const torrent = condition()
  torrent.setWriteFailure('disk full')
  torrent.fail(new Error('the swarm is lost'))
  torrent.setWriteFailure(null)
  expect(torrent.failure).toBe('the swarm is lost')
})

it('tells a failure once, and again after it was tried again', () => {
  const torrent = condition('initializing')
  expect(torrent.fail(new Error('no place'))).toBe('no place')
  expect(torrent.fail(new Error('no place'))).toBeNull()
  expect(torrent.phase).toBe('stopped')
  torrent.forgetFailure()
  expect(torrent.fail(new Error('no place'))).toBe('no place')
})

it('knows that files are gone until it fails otherwise or they are not waited for', () => {
  const torrent = condition()
  torrent.fail(new FilesGoneError('/films/film.mkv'))
  torrent.forgetFailure()
  expect(torrent.gonePath).toBe('/films/film.mkv')
  torrent.forgetGone()
  expect(torrent.gonePath).toBeNull()
  torrent.fail(new FilesGoneError('/films/film.mkv'))
  torrent.fail(new Error('the swarm is lost'))
  expect([torrent.gonePath, torrent.phase]).toEqual([null, 'ready'])
})

it('does not fail any more once it is closed', () => {
  const torrent = condition()
  torrent.phase = 'closed'
  expect(torrent.fail(new Error('too late'))).toBeNull()
  expect(torrent.failure).toBeNull()
})

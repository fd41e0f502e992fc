import { createHash, type Hash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import bencode from 'bencode'
import type { CreationJob, CreationReply } from './creation-protocol.ts'
import type { FileToShare } from './files-to-share.ts'

/** The thread that reads and hashes what becomes a torrent: it may be terabytes. */

const READ_BYTES = 1024 * 1024
const HASH_BYTES = 20
const PROGRESS_EVERY_MS = 100

const port = parentPort
if (port === null) throw new Error('the creation worker runs in a worker thread only')
const send = (reply: CreationReply): void => port.postMessage(reply)
try {
  send({ kind: 'done', torrentFile: torrentFileOf(workerData) })
} catch (error) {
  send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
}

/** A torrent file (BEP 3), trackers in one tier each (BEP 12), with web seeds (BEP 19). */
function torrentFileOf(job: CreationJob): Uint8Array {
  const { torrentName, pieceLength, trackers, webSeeds, isPrivate, isFolder, files } = job
  const length = files.reduce((sum, file) => sum + file.length, 0)
  const content = isFolder
    ? { files: files.map(({ components, length }) => ({ length, path: components })) }
    : { length }
  const info = {
    ...content,
    name: torrentName,
    'piece length': pieceLength,
    pieces: hashPieces(files, pieceLength, length),
    ...(isPrivate ? { private: 1 } : {}),
  }
  return bencode.encode({
    ...(trackers.length > 0 ? { announce: trackers[0] } : {}),
    ...(trackers.length > 1 ? { 'announce-list': trackers.map((url) => [url]) } : {}),
    'created by': 'Tributary',
    info,
    ...(webSeeds.length > 0 ? { 'url-list': webSeeds } : {}),
  })
}

function hashPieces(files: readonly FileToShare[], pieceLength: number, length: number): Buffer {
  const hashes = Buffer.alloc(Math.ceil(length / pieceLength) * HASH_BYTES)
  const buffer = Buffer.alloc(READ_BYTES)
  let hash: Hash = createHash('sha1')
  let hashedBytes = 0
  let saidAt = 0
  const take = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; ) {
      const room = pieceLength - (hashedBytes % pieceLength)
      const part = bytes.subarray(at, at + room)
      hash.update(part)
      at += part.length
      hashedBytes += part.length
      if (hashedBytes % pieceLength !== 0 && hashedBytes !== length) continue
      hash.digest().copy(hashes, (Math.ceil(hashedBytes / pieceLength) - 1) * HASH_BYTES)
      hash = createHash('sha1')
    }
    if (Date.now() - saidAt < PROGRESS_EVERY_MS) return
    saidAt = Date.now()
    send({ kind: 'progress', hashedBytes })
  }
  for (const file of files) readWhole(file, buffer, take)
  return hashes
}

/** Throws where the file is not what it was when it was found. */
function readWhole(file: FileToShare, buffer: Buffer, take: (bytes: Uint8Array) => void): void {
  const fd = openSync(file.path, 'r')
  try {
    const { mtimeMs } = fstatSync(fd)
    let position = 0
    while (position < file.length) {
      const wanted = Math.min(buffer.length, file.length - position)
      const count = readSync(fd, buffer, 0, wanted, position)
      if (count === 0) throw new Error(`${file.path} became shorter while it was read`)
      take(buffer.subarray(0, count))
      position += count
    }
    const now = fstatSync(fd)
    if (now.size !== file.length || now.mtimeMs !== mtimeMs) {
      throw new Error(`${file.path} changed while it was read`)
    }
  } finally {
    closeSync(fd)
  }
}

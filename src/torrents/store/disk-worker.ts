import { parentPort } from 'node:worker_threads'
import { DiskFiles } from './disk-files.ts'
import type { DiskReply, DiskRequest } from './disk-protocol.ts'
import { PieceHashing } from './piece-hashing.ts'

/**
 * The thread that writes and hashes, so that neither a slow disk nor SHA-1 holds up the event
 * loop that TVs and peers share. One for all torrents; requests are done in order.
 */

interface Store {
  readonly files: DiskFiles
  readonly hashing: PieceHashing
  readonly pieceLength: number
}

const stores = new Map<number, Store>()
const port = parentPort
if (port === null) throw new Error('the disk worker runs in a worker thread only')

port.on('message', (request: DiskRequest) => {
  let reply: DiskReply
  try {
    reply = perform(request)
  } catch (error) {
    reply = { kind: 'failed', job: request.job, ...describe(error) }
  }
  port.postMessage(reply)
})

function open(request: Extract<DiskRequest, { kind: 'open' }>): void {
  const files = new DiskFiles(request.files)
  const { pieceLength, length, pieceHashes } = request
  const hashing = new PieceHashing(files, pieceLength, length, pieceHashes)
  stores.set(request.store, { files, hashing, pieceLength })
}

function perform(request: DiskRequest): DiskReply {
  const { job } = request
  if (request.kind === 'open') open(request)
  const store = storeOf(request.store)
  switch (request.kind) {
    case 'open':
      return { kind: 'done', job }
    case 'write':
      store.files.write(request.piece * store.pieceLength + request.offset, request.data)
      store.hashing.append(request.piece, request.offset, request.data)
      return { kind: 'done', job }
    case 'verify': {
      const isValid = store.hashing.finish(request.piece)
      const digests = isValid ? null : store.hashing.blockDigests(request.piece)
      return { kind: 'verified', job, isValid, digests }
    }
    case 'check':
      return { kind: 'verified', job, isValid: store.hashing.check(request.piece), digests: null }
    case 'digest': {
      const digests = store.hashing.blockDigests(request.piece)
      return { kind: 'verified', job, isValid: true, digests }
    }
    case 'sync':
      store.files.sync()
      return { kind: 'done', job }
    case 'reopen':
      store.files.close()
      return { kind: 'done', job }
    case 'close':
      store.files.close()
      stores.delete(request.store)
      return { kind: 'done', job }
  }
}

function storeOf(id: number): Store {
  const store = stores.get(id)
  if (store === undefined) throw new Error(`store ${id} is not open`)
  return store
}

function describe(error: unknown): { code: string; message: string } {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN'
  return { code, message }
}

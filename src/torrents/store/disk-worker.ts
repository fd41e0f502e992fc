import { parentPort } from 'node:worker_threads'
import { errorCode } from '../../error-code.ts'
import { PieceLayout } from '../pieces/piece-layout.ts'
import { DiskFiles } from './disk-files.ts'
import type { DiskReply, DiskRequest, StoreRequest } from './disk-protocol.ts'
import { FileError } from './file-fault.ts'
import { unpackMarks } from './file-mark.ts'
import { removeFiles } from './file-removal.ts'
import { surveyFiles } from './file-survey.ts'
import { unpackFiles } from './packed-files.ts'
import { PieceHashing } from './piece-hashing.ts'

/**
 * The thread that hashes while the system writes, so that neither a slow disk nor SHA-1 holds up
 * the event loop that TVs and peers share. One for all torrents. Requests are begun in order, and
 * the writes of a torrent are done in order.
 */

interface Store {
  readonly files: DiskFiles
  readonly hashing: PieceHashing
  readonly layout: PieceLayout
}

type Failure = Extract<DiskReply, { kind: 'failed' }>

const stores = new Map<number, Store>()
const port = parentPort
if (port === null) throw new Error('the disk worker runs in a worker thread only')

port.on('message', async (request: DiskRequest) => {
  try {
    port.postMessage(await perform(request))
  } catch (error) {
    port.postMessage({ kind: 'failed', job: request.job, ...describe(error) } satisfies DiskReply)
  }
})

function open(request: Extract<DiskRequest, { kind: 'open' }>): void {
  const files = new DiskFiles(request.root, unpackFiles(request.files), unpackMarks(request.marks))
  const { pieceLength, length, pieceHashes } = request
  const layout = new PieceLayout(pieceLength, length)
  const hashing = new PieceHashing(files, layout, pieceHashes)
  stores.set(request.store, { files, hashing, layout })
}

async function perform(request: DiskRequest): Promise<DiskReply> {
  const { job } = request
  if (request.kind === 'survey') {
    return { kind: 'surveyed', job, facts: await surveyFiles(request.root, request.paths) }
  }
  if (request.kind === 'remove') {
    return { kind: 'removed', job, undeleted: await removeFiles(request) }
  }
  if (request.kind === 'open') open(request)
  return await performIn(storeOf(request.store), request)
}

async function performIn(store: Store, request: StoreRequest): Promise<DiskReply> {
  const { job } = request
  switch (request.kind) {
    case 'open':
      return { kind: 'done', job }
    case 'write': {
      const { piece, offset, data } = request
      const written = store.files.write(store.layout.startOf(piece) + offset, data)
      store.hashing.append(piece, offset, data)
      await written
      return { kind: 'done', job }
    }
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
      return { kind: 'synced', job, files: await store.files.sync() }
    case 'create':
      await store.files.create(request.file)
      return { kind: 'done', job }
    case 'place':
      await store.files.place(request.file, request.stored)
      return { kind: 'done', job }
    case 'trust':
      await store.files.trust(request.file)
      return { kind: 'done', job }
    case 'free':
      await store.files.free(request.file, request.holes)
      return { kind: 'done', job }
    case 'reopen':
      await store.files.close()
      return { kind: 'done', job }
    case 'close':
      stores.delete(request.store)
      await store.files.end()
      return { kind: 'done', job }
  }
}

function storeOf(id: number): Store {
  const store = stores.get(id)
  if (store === undefined) throw new Error(`store ${id} is not open`)
  return store
}

function describe(error: unknown): Pick<Failure, 'code' | 'message' | 'about'> {
  const message = error instanceof Error ? error.message : String(error)
  const code = errorCode(error) || 'UNKNOWN'
  return { code, message, about: error instanceof FileError ? error.about : null }
}

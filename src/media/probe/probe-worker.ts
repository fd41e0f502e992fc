import { parentPort } from 'node:worker_threads'
import mediaInfoFactory from 'mediainfo.js'
import { analyse, type Read } from './analyse.ts'
import { readTags } from './cover.ts'
import { isCutOff } from './cut-image.ts'
import type { MediaFacts } from './media-facts.ts'
import type { ProbeReply, ProbeRequest } from './probe-protocol.ts'
import { factsOf } from './report.ts'

/**
 * The thread in which MediaInfo's WebAssembly looks at files: it takes up to 90 ms for a megabyte,
 * and what a hostile file makes of it holds up nobody. It has no file of its own: bytes are asked of
 * the main thread. One file at a time.
 */

const port = parentPort
if (port === null) throw new Error('the probe worker runs in a worker thread only')
const tell = (reply: ProbeReply): void => port.postMessage(reply)

/** Who waits for the bytes asked for last. */
let take: (data: Uint8Array) => void = () => {}
/** Bytes that may still be asked for. */
let left = 0

const parser = await mediaInfoFactory({ format: 'JSON' })

port.on('message', (request: ProbeRequest) => {
  switch (request.kind) {
    case 'probe':
      void probe(request)
      return
    case 'bytes':
      take(request.data)
      return
    case 'abandon':
      // All that is left to do is done before the next message is looked at.
      left = 0
      take(new Uint8Array())
  }
})
tell({ kind: 'ready' })

async function probe({
  job,
  length,
  maxBytes,
}: Extract<ProbeRequest, { kind: 'probe' }>): Promise<void> {
  left = maxBytes
  const read: Read = (position, wanted) =>
    new Promise((resolve) => {
      const allowed = Math.min(wanted, left, length - position)
      if (position < 0 || allowed <= 0) {
        resolve(new Uint8Array())
        return
      }
      left -= allowed
      take = resolve
      tell({ kind: 'read', job, position, length: allowed })
    })
  try {
    tell({ kind: 'facts', job, facts: await look(length, read) })
  } catch (error) {
    tell({ kind: 'broken', job, message: error instanceof Error ? error.message : String(error) })
  }
}

async function look(length: number, read: Read): Promise<MediaFacts | null> {
  const analysis = await analyse(parser, length, read)
  const facts = factsOf(analysis, length)
  if (facts === null) return null
  const { title, tags, cover } = await readTags(facts.container, length, read)
  const told = { ...facts, title: facts.title ?? title, cover }
  if (told.kind !== 'image') return { ...told, tags: { ...tags, ...told.tags } }
  return (await isCutOff(told.container, length, read)) ? { ...told, isBroken: true } : told
}

import { Router } from '@koa/router'
import { z } from 'zod'
import { nextTurn } from '../../concurrency/next-turn.ts'
import type { FactsSource } from '../../library/facts/facts-source.ts'
import type { Library } from '../../library/library.ts'
import type { Item } from '../../library/objects/media-object.ts'
import { encodeObjectId } from '../../library/objects/object-id.ts'
import type { SubtitleCatalog } from '../../library/subtitles/subtitle-catalog.ts'
import { SharedWorks } from '../../library/views/shared-works.ts'
import type { SignedPaths } from '../access/signed-paths.ts'
import { ApiError } from '../messages/api-error.ts'
import { answerJson, NestedList } from '../messages/json-answer.ts'
import { readBody } from '../messages/request-body.ts'
import type { SessionPort } from '../messages/session-port.ts'
import { findTorrent, parseFileIndex } from '../messages/torrent-id.ts'
import { type LibraryJsonOptions, workJson } from './library-json.ts'

const POSITION_MAX_BYTES = 1_024
/** Ten times the longest film; seconds. */
const LONGEST_SECONDS = 1_000_000

const positionSchema = z.object({
  position_s: z.number().min(0).max(LONGEST_SECONDS).optional(),
  watched: z.boolean().optional(),
})

export interface LibraryRoutesOptions {
  readonly session: SessionPort
  readonly library: Library
  readonly facts: Pick<FactsSource, 'factsOf'>
  readonly subtitles: SubtitleCatalog
  readonly hasPictures: boolean
  readonly signedPaths: Pick<SignedPaths, 'signerFor'>
}

/** The library as the page shows it, and how far somebody has watched. */
export function libraryRouter(options: LibraryRoutesOptions): Router {
  const { session, library } = options
  const router = new Router({ prefix: '/library' })
  const shared = new SharedWorks()

  router.get('/', async (context) => {
    const works = await shared.of(library.catalogue)
    await nextTurn()
    const json = jsonOptions(options, options.signedPaths.signerFor(context.req))
    answerJson(context, {
      items: new NestedList(works.length, (place) => {
        const work = works[place]
        return work === undefined ? null : workJson(work, json)
      }),
    })
  })

  router.put('/:id/:file/position', async (context) => {
    const torrent = findTorrent(session, context.params.id ?? '')
    const fileIndex = parseFileIndex(context.params.file ?? '')
    const change = parsePosition((await readBody(context.req, POSITION_MAX_BYTES)).toString())
    const id = encodeObjectId({ kind: 'file', infoHash: torrent.infoHash, fileIndex })
    const item = library.get(id)
    const playback = {
      ...(change.position_s === undefined
        ? {}
        : { positionMs: Math.round(change.position_s * 1_000) }),
      ...(change.watched === undefined
        ? {}
        : { playCount: change.watched ? Math.max(1, countOf(item)) : 0 }),
    }
    if (!(await library.keepPlayback(id, playback, new Date()))) {
      throw new ApiError(404, `file ${fileIndex} of torrent ${torrent.id} is nothing to be played`)
    }
    context.body = {}
  })

  return router
}

function countOf(item: ReturnType<Library['get']>): number {
  return item?.kind === 'item' ? (item.playback?.playCount ?? 0) : 0
}

/** Statistics are made once for each work, whose files are all of one torrent. */
function jsonOptions(
  options: LibraryRoutesOptions,
  sign: (path: string) => string,
): LibraryJsonOptions {
  const { session, library } = options
  let last: { readonly of: string; readonly progress: readonly number[] } | null = null
  return {
    ...options,
    sign,
    torrentOf: (infoHash) => session.get(infoHash),
    progressOf: (infoHash) => {
      if (last?.of !== infoHash) {
        last = { of: infoHash, progress: session.get(infoHash)?.stats().fileProgress ?? [] }
      }
      return last.progress
    },
    itemOf: (id): Item | null => {
      const object = library.get(id)
      return object?.kind === 'item' ? object : null
    },
  }
}

function parsePosition(text: string): z.output<typeof positionSchema> {
  const { success, data, error } = positionSchema.safeParse(parsedJson(text))
  if (!success) {
    const [issue] = error.issues
    const field = issue?.path.join('.') ?? ''
    throw new ApiError(400, `bad position: ${field === '' ? '' : `${field}: `}${issue?.message}`)
  }
  if (data.position_s === undefined && data.watched === undefined) {
    throw new ApiError(400, 'bad position: neither `position_s` nor `watched` is given')
  }
  return data
}

/** `null`, which is no position, for what is no JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

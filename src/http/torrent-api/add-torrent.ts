import { isAbsolute } from 'node:path'
import type { z } from 'zod'
import {
  namesTorrent,
  parseTorrentSource,
  type TorrentSource,
} from '../../torrents/metainfo/torrent-source.ts'
import type { ResolvedTorrent } from '../../torrents/session/metadata-resolver.ts'
import { TorrentError } from '../../torrents/torrent-error.ts'
import { ApiError } from '../messages/api-error.ts'
import type { AddRequest, SessionPort } from '../messages/session-port.ts'
import type { addQuery, resolveQuery } from '../schemas/requests.ts'
import { filesMatching } from './files-matching.ts'
import type { PendingAdds } from './pending-adds.ts'
import { addedTorrent, listedTorrent } from './torrent-json.ts'

/** How long a magnet is waited for, unless the caller says otherwise. */
const DEFAULT_TIMEOUT_MS = 600_000
const MAX_TIMEOUT_MS = 3_600_000

/** A text longer than this is no magnet and no URL. */
const MAX_TEXT_BYTES = 64 * 1024

type AddQuery = z.output<typeof addQuery>

/** What a POST /torrents carries. */
export interface AddTorrentRequest {
  /** A magnet URI, an http(s) URL or an info hash as text, or the bytes of a torrent file. */
  readonly body: Buffer
  readonly query: AddQuery
  /** Aborted once nobody will read the answer any more. */
  readonly gone: AbortSignal
}

export interface Adding {
  readonly session: SessionPort
  readonly pending: PendingAdds
}

/**
 * Adds a torrent and, unless `wait=false`, waits for its metadata; with `list_only` it only looks at
 * it. Resolves with the answer. One that the session has already is answered alike. Rejects with
 * ApiError: 400 for what cannot be read or added, 500 when the time is up; nothing is added then.
 */
export async function addTorrent(
  { session, pending }: Adding,
  request: AddTorrentRequest,
): Promise<Record<string, unknown>> {
  const { body, query } = request
  if (query.only_files !== undefined && query.only_files_regex !== undefined) {
    const message = 'error adding torrent: only_files and only_files_regex are mutually exclusive'
    throw new ApiError(400, message)
  }
  const folder = parseFolder(query)
  try {
    const source = parseSource(body, query.is_url)
    return query.list_only === true
      ? await list(session, source, query, folder)
      : await add({ session, pending }, source, { request, folder })
  } catch (error) {
    throw error instanceof TorrentError ? refusal(error) : error
  }
}

/** Finds the metadata of a magnet, or what a URL has. Rejects with ApiError: 400, or 500 for a timeout. */
export async function resolveMagnet(
  session: SessionPort,
  text: string,
  query: z.output<typeof resolveQuery>,
): Promise<ResolvedTorrent> {
  try {
    return await session.resolve(parseTorrentSource(text), waitOf(query))
  } catch (error) {
    throw error instanceof TorrentError && error.kind === 'timeout' ? timedOut(error) : error
  }
}

async function add(
  { session, pending }: Adding,
  source: TorrentSource,
  { request, folder }: { request: AddTorrentRequest; folder: string | undefined },
): Promise<Record<string, unknown>> {
  const { query, gone } = request
  const waits = query.wait ?? true
  const { only_files_regex: pattern } = query
  if (pattern !== undefined && !waits && source.kind !== 'torrent-file') {
    throw new ApiError(
      400,
      'only_files_regex needs the names of the files: it does not go with wait=false',
    )
  }
  const resolved = pattern === undefined ? null : await session.resolve(source, waitOf(query))
  const onlyFiles =
    resolved === null || pattern === undefined
      ? query.only_files
      : await filesMatching(resolved.metainfo.files, pattern)
  const options = addRequest(query, folder, onlyFiles)
  let isFirst = false
  if (resolved !== null) {
    const bytes = resolved.metainfo.torrentFile
    isFirst = (await session.add({ kind: 'torrent-file', bytes }, options)).isNew
  }
  // A magnet that was resolved gives its trackers now.
  const { torrent, isNew } = await session.add(
    source,
    waits ? { ...options, requirePeers: true, provisional: true } : options,
  )
  const added = { torrent, isNew: isNew || isFirst }
  if (waits) await pending.wait(added, { timeoutMs: waitOf(query).timeoutMs, gone })
  else pending.promise(added)
  return addedTorrent(torrent)
}

async function list(
  session: SessionPort,
  source: TorrentSource,
  query: AddQuery,
  folder: string | undefined,
): Promise<Record<string, unknown>> {
  const resolved = await session.resolve(source, waitOf(query))
  const { files } = resolved.metainfo
  const { only_files: named, only_files_regex: pattern } = query
  const unknown = named?.find((index) => files[index] === undefined)
  if (unknown !== undefined) {
    throw new ApiError(400, `error adding torrent: file id ${unknown} is out of range`)
  }
  const onlyFiles = pattern === undefined ? named : await filesMatching(files, pattern)
  return listedTorrent({
    ...resolved,
    folder: await session.placeFor(resolved.metainfo, folder),
    onlyFiles: onlyFiles === undefined ? null : new Set(onlyFiles),
  })
}

function refusal(error: TorrentError): ApiError {
  if (error.kind === 'timeout') return timedOut(error)
  const message = `error adding torrent: ${error.message}`
  return new ApiError(400, message, { cause: error })
}

const timedOut = (cause: TorrentError): ApiError =>
  new ApiError(500, 'timeout: deadline has elapsed', { cause })

function waitOf(query: z.output<typeof resolveQuery>): {
  readonly initialPeers?: readonly string[]
  readonly timeoutMs: number
} {
  const { timeout_ms: asked = DEFAULT_TIMEOUT_MS, initial_peers: initialPeers } = query
  const timeoutMs = Math.min(asked, MAX_TIMEOUT_MS)
  return initialPeers === undefined ? { timeoutMs } : { timeoutMs, initialPeers }
}

function addRequest(
  query: AddQuery,
  outputFolder: string | undefined,
  onlyFiles: readonly number[] | undefined,
): AddRequest {
  const { initial_peers: initialPeers, overwrite, paused } = query
  const peerTimeouts = timeoutsOf(query)
  return {
    ...(initialPeers === undefined ? {} : { initialPeers }),
    ...(onlyFiles === undefined ? {} : { onlyFiles }),
    ...(outputFolder === undefined ? {} : { outputFolder }),
    ...(overwrite === undefined ? {} : { overwrite }),
    ...(paused === undefined ? {} : { paused }),
    ...(peerTimeouts === undefined ? {} : { peerTimeouts }),
  }
}

/** Longer is not waited for by anybody; s. */
const MAX_PEER_TIMEOUT_S = 3_600

function timeoutsOf(query: AddQuery): AddRequest['peerTimeouts'] {
  const { peer_connect_timeout: connect, peer_read_write_timeout: silent } = query
  if (connect === undefined && silent === undefined) return undefined
  return { connectMs: milliseconds(connect), silentMs: milliseconds(silent) }
}

function milliseconds(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined
  return Math.min(Math.max(seconds, 1), MAX_PEER_TIMEOUT_S) * 1_000
}

function parseFolder(query: AddQuery): string | undefined {
  const outputFolder = query.output_folder || undefined
  const subFolder = query.sub_folder || undefined
  if (outputFolder !== undefined && subFolder !== undefined) {
    throw new ApiError(400, "you can't provide both output_folder and sub_folder")
  }
  if (subFolder !== undefined && isAbsolute(subFolder)) {
    throw new ApiError(400, `sub_folder: ${JSON.stringify(subFolder)} is not relative`)
  }
  return outputFolder ?? subFolder
}

function parseSource(body: Buffer, isUrl: boolean | undefined): TorrentSource {
  const text = body.length > MAX_TEXT_BYTES ? '' : body.toString('utf8').trim()
  if (isUrl ?? namesTorrent(text)) return parseTorrentSource(text)
  return { kind: 'torrent-file', bytes: body }
}

import { isAbsolute } from 'node:path'
import type { ParsedUrlQuery } from 'node:querystring'
import {
  namesTorrent,
  parseTorrentSource,
  type TorrentSource,
} from '../torrents/metainfo/torrent-source.ts'
import { TorrentError } from '../torrents/torrent-error.ts'
import { ApiError } from './api-error.ts'
import { addressesOf, booleanOf, indicesOf, textOf } from './query.ts'
import type { AddRequest, SessionPort, TorrentPort } from './session-port.ts'

/** How long a magnet is waited for, unless the caller says otherwise. */
const DEFAULT_TIMEOUT_MS = 600_000
const MAX_TIMEOUT_MS = 3_600_000

/** A text longer than this is no magnet and no URL. */
const MAX_TEXT_BYTES = 64 * 1024

/** What would change what is downloaded, and is not done: better refused than ignored. */
const UNSUPPORTED = ['list_only', 'only_files_regex']

/** What a POST /torrents carries. */
export interface AddTorrentRequest {
  /** A magnet URI, an http(s) URL or an info hash as text, or the bytes of a torrent file. */
  readonly body: Buffer
  readonly query: ParsedUrlQuery
  /** Header `x-req-timeout-ms`; the query's `timeout_ms` wins. */
  readonly timeoutHeader: string | undefined
}

/**
 * Adds a torrent and, unless `wait=false`, waits for its metadata. One that the session has already
 * is answered alike. Throws ApiError: 400 for what cannot be read or added,
 * 500 when the time is up; the torrent then stays in the session, still looking.
 */
export async function addTorrent(
  session: SessionPort,
  { body, query, timeoutHeader }: AddTorrentRequest,
): Promise<TorrentPort> {
  refuseUnsupported(query)
  const options = parseOptions(query)
  const timeoutMs = parseTimeout(textOf(query, 'timeout_ms') ?? timeoutHeader)
  const waits = booleanOf(query, 'wait') ?? true
  const isUrl = booleanOf(query, 'is_url')
  try {
    const { torrent } = await session.add(parseSource(body, isUrl), options)
    if (waits) await torrent.ready({ timeoutMs })
    return torrent
  } catch (error) {
    throw error instanceof TorrentError ? refusal(error) : error
  }
}

function refuseUnsupported(query: ParsedUrlQuery): void {
  for (const name of UNSUPPORTED) {
    const value = textOf(query, name)
    if (value !== undefined && value !== 'false') {
      throw new ApiError(400, `${name} is not supported`)
    }
  }
}

function refusal(error: TorrentError): ApiError {
  if (error.kind === 'timeout') return new ApiError(500, 'timeout', { cause: error })
  const message = `error adding torrent: ${error.message}`
  return new ApiError(400, message, { cause: error })
}

function parseOptions(query: ParsedUrlQuery): AddRequest {
  const initialPeers = addressesOf(query, 'initial_peers')
  const onlyFiles = indicesOf(query, 'only_files')
  const outputFolder = parseFolder(query)
  const overwrite = booleanOf(query, 'overwrite')
  return {
    ...(initialPeers === undefined ? {} : { initialPeers }),
    ...(onlyFiles === undefined ? {} : { onlyFiles }),
    ...(outputFolder === undefined ? {} : { outputFolder }),
    ...(overwrite === undefined ? {} : { overwrite }),
  }
}

function parseFolder(query: ParsedUrlQuery): string | undefined {
  const outputFolder = textOf(query, 'output_folder') || undefined
  const subFolder = textOf(query, 'sub_folder') || undefined
  if (outputFolder !== undefined && subFolder !== undefined) {
    throw new ApiError(400, "you can't provide both output_folder and sub_folder")
  }
  if (subFolder !== undefined && isAbsolute(subFolder)) {
    throw new ApiError(400, `sub_folder: ${JSON.stringify(subFolder)} is not relative`)
  }
  return outputFolder ?? subFolder
}

function parseTimeout(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TIMEOUT_MS
  if (!/^\d+$/.test(text)) {
    throw new ApiError(400, `timeout_ms: ${JSON.stringify(text)} is not a number of milliseconds`)
  }
  return Math.min(Number(text), MAX_TIMEOUT_MS)
}

function parseSource(body: Buffer, isUrl: boolean | undefined): TorrentSource {
  const text = body.length > MAX_TEXT_BYTES ? '' : body.toString('utf8').trim()
  if (isUrl ?? namesTorrent(text)) return parseTorrentSource(text)
  return { kind: 'torrent-file', bytes: body }
}

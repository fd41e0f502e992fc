import { RendererError } from '../../renderers/wire/renderer-error.ts'
import { SettingError } from '../../settings/setting.ts'
import { TorrentError } from '../../torrents/torrent-error.ts'

/**
 * What went wrong, for programs, and for pages that say it in other languages: it stays, whatever the
 * message becomes. Ours; rqbit's `error_kind` stands beside it.
 */
export const API_ERROR_CODES = [
  // Who asks.
  'password_needed',
  'too_many_passwords',
  'only_this_machine',
  'foreign_page',
  'foreign_host',
  'not_allowed',
  // What is asked for.
  'no_such_route',
  'not_found',
  'bad_request',
  'bad_range',
  'bad_setting',
  'too_large',
  'busy',
  'not_live',
  'no_dlna',
  'internal',
  // Torrents.
  'invalid_torrent',
  'fetch_failed',
  'no_peers',
  'unknown_torrent',
  'unknown_file',
  'bad_limit',
  'bad_binding',
  'files_exist',
  'bad_folder',
  'wrong_state',
  'resolving',
  'unavailable',
  'closed',
  'corrupt',
  'timeout',
  // Renderers.
  'renderer_unreachable',
  'renderer_silent',
  'renderer_refused',
  'renderer_unreadable',
  'renderer_unsupported',
  'renderer_busy',
  'renderer_unknown',
] as const

export type ApiErrorCode = (typeof API_ERROR_CODES)[number]

const CODE_OF_STATUS: Readonly<Record<number, ApiErrorCode>> = {
  401: 'password_needed',
  403: 'not_allowed',
  404: 'not_found',
  409: 'wrong_state',
  412: 'not_live',
  413: 'too_large',
  416: 'bad_range',
  429: 'too_many_passwords',
  503: 'busy',
}

/** Of an error that names none itself: by what is behind it, or by its status. */
export function errorCode(status: number, cause: unknown): ApiErrorCode {
  const named = nameOf(cause)
  const known = API_ERROR_CODES.find((code) => code === named)
  return known ?? CODE_OF_STATUS[status] ?? (status < 500 ? 'bad_request' : 'internal')
}

function nameOf(cause: unknown): string | null {
  if (cause instanceof TorrentError) return cause.kind.replaceAll('-', '_')
  if (cause instanceof RendererError) return `renderer_${cause.kind}`
  return cause instanceof SettingError ? 'bad_setting' : null
}

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
  // What cannot be stored: nothing has changed then.
  'storage_full',
  'storage_read_only',
  'storage_forbidden',
  'storage_failed',
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

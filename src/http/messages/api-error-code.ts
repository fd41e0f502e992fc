import { RendererError } from '../../renderers/wire/renderer-error.ts'
import { SettingError } from '../../settings/setting.ts'
import { storageErrorIn } from '../../storage-error.ts'
import { TorrentError } from '../../torrents/torrent-error.ts'
import { API_ERROR_CODES, type ApiErrorCode } from '../schemas/api-error-codes.ts'

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
  const storage = storageErrorIn(cause)
  if (storage !== null) return `storage_${storage.fault.replaceAll('-', '_')}`
  if (cause instanceof TorrentError) return cause.kind.replaceAll('-', '_')
  if (cause instanceof RendererError) return `renderer_${cause.kind}`
  return cause instanceof SettingError ? 'bad_setting' : null
}

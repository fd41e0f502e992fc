import type { IncomingMessage } from 'node:http'
import { ApiError } from '../messages/api-error.ts'
import { certainAddress, isFromThisMachine } from '../messages/forwarded.ts'
import type { GuardOptions } from './access-rules.ts'
import { refuseForeignPage } from './foreign-page.ts'
import { hostStanding } from './host-names.ts'
import { requirePassword } from './password.ts'

export type { GuardOptions } from './access-rules.ts'

/**
 * Lets a request change something if no foreign web page sent it, and if it brings the password, comes
 * from an allowed address or, where there is no password, from this machine; the last two have to call
 * us by our name. Throws ApiError 400, 401, 403 or 429.
 */
export function guardChange(request: IncomingMessage, options: GuardOptions): void {
  const { host } = request.headers
  if (host === undefined) throw new ApiError(400, 'a change needs a Host header')
  const { origin } = request.headers
  const isAllowedPage = origin !== undefined && options.crossOrigin?.allows(origin) === true
  if (!isAllowedPage) refuseForeignPage(request, options.trustProxy)
  if (isSparedPassword(request, options) && hostStanding(host, options) === 'ours') return
  if (options.auth === null) {
    const message =
      'only this machine may change anything, unless the server has a password (--auth) or allows the address (--allow-address)'
    throw new ApiError(403, message, { kind: 'unauthorized', code: 'only_this_machine' })
  }
  requirePassword(request, options.auth, options)
}

/** Whether somebody may do everything without a password, by where he is. */
export function isSparedPassword(request: IncomingMessage, options: GuardOptions): boolean {
  const isMachineSpared = options.auth === null || options.trustLoopback
  if (isMachineSpared && isFromThisMachine(request)) return true
  const address = certainAddress(request)
  return address !== null && options.allowedAddresses.includes(address)
}

import type { IncomingMessage } from 'node:http'
import { toApiError } from '../messages/api-error.ts'
import { type GuardOptions, guardChange } from './change-guard.ts'

/**
 * Whether whoever reads might change things as well. What a reader sees of others (addresses, programs) is
 * the owner's business, though reading is open to the network.
 */
export function isOwner(request: IncomingMessage, guard: GuardOptions): boolean {
  try {
    guardChange(request, guard)
    return true
  } catch (error) {
    if (toApiError(error) === null) throw error
    return false
  }
}

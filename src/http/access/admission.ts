import type { IncomingMessage, ServerResponse } from 'node:http'
import { internalError, sendError, toApiError } from '../messages/api-error.ts'
import type { AccessRules } from './access-rules.ts'
import { audienceOf, guardHost, guardReading } from './reading-guard.ts'
import type { SignedPaths } from './signed-paths.ts'

/**
 * Whether a request may be looked at, by its name for us, by who sent it and by its signature, which is
 * taken off its target. Where not, it is answered.
 */
export function admit(
  request: IncomingMessage,
  response: ServerResponse,
  { rules, signedPaths }: { readonly rules: AccessRules; readonly signedPaths: SignedPaths },
): boolean {
  try {
    guardHost(request, rules)
    const { target, isValid } = signedPaths.open(withOneSlash(request.url ?? ''))
    request.url = target
    const audience = audienceOf(request)
    if (!(isValid && audience === 'reader')) guardReading(request, audience, rules)
    return true
  } catch (error) {
    sendError(response, toApiError(error) ?? internalError(error))
    return false
  }
}

/** Some renderers put a path that begins with a slash behind a base that ends in one. */
function withOneSlash(target: string): string {
  return target.replace(/^\/{2,}/, '/')
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { internalError, toApiError } from '../messages/api-error.ts'
import type { AccessRules } from './access-rules.ts'
import { sendRefusal } from './error-page.ts'
import { audienceOf, guardHost, guardReading } from './reading-guard.ts'
import type { SignedPaths } from './signed-paths.ts'

/**
 * Whether a request may be looked at, by its name for us, by who sent it and by its signature, which is
 * taken off its target. Where not, it is answered. A signature opens its one file under any name: a page
 * of somebody else's, which the rule of names is about, has none.
 */
export function admit(
  request: IncomingMessage,
  response: ServerResponse,
  { rules, signedPaths }: { readonly rules: AccessRules; readonly signedPaths: SignedPaths },
): boolean {
  try {
    const { target, isValid } = signedPaths.open(withOneSlash(request.url ?? ''))
    request.url = target
    const audience = audienceOf(request)
    if (isValid && audience === 'reader') return true
    guardHost(request, audience, rules)
    guardReading(request, audience, rules)
    return true
  } catch (error) {
    sendRefusal(request, response, toApiError(error) ?? internalError(error))
    return false
  }
}

/** Some renderers put a path that begins with a slash behind a base that ends in one. */
function withOneSlash(target: string): string {
  return target.replace(/^\/{2,}/, '/')
}

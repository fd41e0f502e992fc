import { ruleOfDescription, ruleOfRequest } from '../upnp/renderers/renderer-rule.ts'
import { type DescriptionSigns, requestSigns } from '../upnp/renderers/renderer-signs.ts'
import { RENDERER_RULES } from '../upnp/renderers/renderer-table.ts'
import type { WireMessage } from '../upnp/traffic/traffic.ts'

/** A request of a fixture, and what we answered. */
export interface RecordedRequest {
  readonly kind: string
  readonly method: string
  readonly path: string
  readonly http: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly answer?: { readonly status: string; readonly headers: Readonly<Record<string, string>> }
}

const OTHER_MEDIA = [
  ['subtitles', /^\/+torrents\/[^/]+\/subtitles\/|\.(?:srt|vtt)(?:\?|$)/i],
  ['picture', /^\/+p\/|[?&]albumArt=/i],
] as const

/** The request that tells the rule goes first: it is the one that the golden answer is made with. */
export function fixtureOf(
  requests: readonly RecordedRequest[],
  description: DescriptionSigns | undefined,
): Record<string, unknown> {
  const rules = requests.map(({ headers }) => ruleOf(headers, description))
  const last = rules.findLast((rule) => rule !== null)
  const described = description && ruleOfDescription(RENDERER_RULES, description)?.rule.id
  const first = last === undefined ? 0 : rules.indexOf(last)
  return {
    rule: last ?? described ?? 'default',
    ...(description === undefined ? {} : { description }),
    requests: [...requests.slice(first, first + 1), ...requests.toSpliced(first, 1)],
  }
}

function ruleOf(
  headers: Readonly<Record<string, string>>,
  description: DescriptionSigns | undefined,
): string | null {
  const byName = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  const signs = requestSigns(Object.fromEntries(byName))
  return ruleOfRequest(RENDERER_RULES, { ...signs, description })?.rule.id ?? null
}

/** `null` for datagrams other than searches. */
export function recordedRequest(
  request: WireMessage,
  answer: WireMessage | null,
): RecordedRequest | null {
  const [method = '', path = '', protocol = ''] = request.startLine.split(' ')
  if (!protocol.startsWith('HTTP/') || method === 'NOTIFY') return null
  return {
    kind: kindOf(method, path, request.headers),
    method,
    path,
    http: protocol.slice('HTTP/'.length),
    headers: Object.fromEntries(request.headers),
    ...(request.body ? { body: request.body } : {}),
    ...(answer === null
      ? {}
      : { answer: { status: answer.startLine, headers: Object.fromEntries(answer.headers) } }),
  }
}

function kindOf(method: string, path: string, headers: WireMessage['headers']): string {
  const soapAction = headers.find(([name]) => name.toLowerCase() === 'soapaction')?.[1]
  const action = /#(\w+)/.exec(soapAction ?? '')?.[1]
  if (action !== undefined) return action.toLowerCase()
  if (method === 'M-SEARCH') return 'ssdp-search'
  if (method === 'SUBSCRIBE' || method === 'UNSUBSCRIBE') return method.toLowerCase()
  if (/rootDesc\.xml$/i.test(path)) return 'description'
  if (path.startsWith('/upnp/')) return 'description-part'
  const what = OTHER_MEDIA.find(([, pattern]) => pattern.test(path))?.[0] ?? 'media'
  return method === 'HEAD' ? `${what}-head` : what
}

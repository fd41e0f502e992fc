import type { DescriptionSigns } from '../upnp/renderers/renderer-signs.ts'
import type { Exchange } from '../upnp/traffic/traffic.ts'

const FIELDS = [
  'manufacturer',
  'modelName',
  'modelNumber',
  'modelDescription',
  'friendlyName',
] as const
const LONGEST_FIELD = 256
const CHARACTERS: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" },
}

/**
 * What a renderer says of itself, where we have fetched its device description; `null` in any other exchange.
 * Recorded bodies are cut, so this is no XML document; what is wanted stands at its beginning.
 */
export function recordedDescription({
  direction,
  request,
  answer,
}: Exchange): DescriptionSigns | null {
  const body = answer?.body ?? ''
  const isFetched = direction === 'sent' && request.startLine.startsWith('GET ')
  if (!isFetched || !/<deviceType>[^<]*MediaRenderer/.test(body)) return null
  const found = FIELDS.flatMap((name) => {
    const [, text] = new RegExp(`<${name}>([^<]{1,${LONGEST_FIELD}})</${name}>`).exec(body) ?? []
    return text === undefined ? [] : [[name, plain(text.trim())] as const]
  })
  return Object.fromEntries(found)
}

function plain(text: string): string {
  return text.replace(/&(\w{2,4});/g, (entity, name: string) => CHARACTERS[name] ?? entity)
}

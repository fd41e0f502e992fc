import { parseStringPromise } from 'xml2js'
import { escapeXml } from '../../src/upnp/xml/xml.ts'

export const CONTENT_DIRECTORY = 'urn:schemas-upnp-org:service:ContentDirectory:1'
export const CONNECTION_MANAGER = 'urn:schemas-upnp-org:service:ConnectionManager:1'
export const REGISTRAR = 'urn:microsoft.com:service:X_MS_MediaReceiverRegistrar:1'

/** All input arguments of Browse, for the children of the root. */
export const BROWSE: Readonly<Record<string, string>> = {
  ObjectID: '0',
  BrowseFlag: 'BrowseDirectChildren',
  Filter: '*',
  StartingIndex: '0',
  RequestedCount: '0',
  SortCriteria: '',
}

/** The body of a request as most control points write it. */
export function soapBody(
  serviceType: string,
  action: string,
  args: Readonly<Record<string, string>> = {},
): string {
  const elements = Object.entries(args).map(
    ([name, value]) => `<${name}>${escapeXml(value)}</${name}>`,
  )
  return `<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
 s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>
<u:${action} xmlns:u="${serviceType}">${elements.join('')}</u:${action}>
</s:Body></s:Envelope>`
}

/** The output arguments in an answer, unescaped once. */
export async function outputsOf(xml: string): Promise<Readonly<Record<string, string>>> {
  const document = await parseStringPromise(xml, { explicitArray: false })
  const [response] = Object.values<Record<string, string>>(document['s:Envelope']['s:Body'])
  const { $: _namespace, ...outputs } = response ?? {}
  return outputs
}

/** One object of a Result. */
export interface DidlObject {
  readonly $: Readonly<Record<string, string>>
  readonly 'dc:title': readonly string[]
  readonly 'upnp:class': readonly string[]
  readonly 'dc:date'?: readonly string[]
  readonly res?: readonly { readonly $: Readonly<Record<string, string>>; readonly _: string }[]
}

/** The containers and items in a Result. */
export async function objectsOf(
  didl: string,
): Promise<{ readonly containers: readonly DidlObject[]; readonly items: readonly DidlObject[] }> {
  const { 'DIDL-Lite': root } = await parseStringPromise(didl, { emptyTag: () => ({}) })
  return { containers: root.container ?? [], items: root.item ?? [] }
}

/** The code in a fault, `null` in any other answer. */
export function faultCodeOf(xml: string): number | null {
  const code = /<errorCode>(\d+)<\/errorCode>/.exec(xml)?.[1]
  return code === undefined ? null : Number(code)
}

/** What was markup before it became the text of an element. */
export function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}

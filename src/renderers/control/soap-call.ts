import { envelope } from '../../upnp/control/soap.ts'
import { element, type Xml, xmlDocument } from '../../upnp/xml/xml.ts'
import type { XmlElement } from '../../upnp/xml/xml-reader.ts'
import { childText, elementsNamed, parseLeniently } from '../wire/lenient-xml.ts'
import { RendererError } from '../wire/renderer-error.ts'

/** In the order of the service description, which some devices insist on. */
export type Arguments = readonly (readonly [name: string, value: string | number])[]

/** Output arguments by name; those that the action does not have are there too. */
export type Outputs = ReadonlyMap<string, string>

/** What invokes an action (UPnP Device Architecture 1.0, 3.2.1). */
export function soapRequest(serviceType: string, action: string, args: Arguments): string {
  const content: Xml[] = args.map(([name, value]) => element(name, {}, value))
  return xmlDocument(envelope(element(`u:${action}`, { 'xmlns:u': serviceType }, content)))
}

/** AVTransport:1 (2.4), RenderingControl:1 and UDA 1.0 (3.2.2). */
const MEANINGS: ReadonlyMap<number, string> = new Map([
  [401, 'it has no such action'],
  [402, 'the arguments are wrong for it'],
  [501, 'it cannot do that now'],
  [701, 'not possible in its present state'],
  [702, 'it has nothing to play'],
  [704, 'it does not know the format'],
  [705, 'its transport is locked'],
  [710, 'it cannot seek in this way'],
  [711, 'it cannot seek to there'],
  [714, 'it does not know the type of the file'],
  [715, 'the file is in use'],
  [716, 'it cannot find the file'],
  [718, 'it has no such instance'],
])

/**
 * Reads the answer to an action by local names alone: prefixes, namespaces and service types are wrong
 * often enough. An empty answer with a good status is one without outputs. Throws RendererError
 * `refused` for a fault or a bad status, `unreadable` for rubbish.
 */
export async function readSoapAnswer(
  action: string,
  { status, text }: { readonly status: number; readonly text: string },
): Promise<Outputs> {
  const isGood = status >= 200 && status < 300
  if (isGood && text.trim() === '') return new Map()
  const root = await parseLeniently(text).catch((cause: Error) => {
    if (!isGood) throw refusal(action, null, `HTTP status ${status}`)
    const message = `answers ${action} with what cannot be read: ${cause.message}`
    throw new RendererError('unreadable', message, { cause })
  })
  const [fault] = elementsNamed(root, 'Fault')
  if (fault !== undefined) throw faultOf(action, fault)
  if (!isGood) throw refusal(action, null, `HTTP status ${status}`)
  const [body] = elementsNamed(root, 'Body')
  const answer = body?.children[0]
  if (answer === undefined) {
    throw new RendererError('unreadable', `answers ${action} with no SOAP envelope`)
  }
  return new Map(answer.children.map(({ localName, text: value }) => [localName, value]))
}

const MAX_DESCRIPTION_LENGTH = 120

function faultOf(action: string, fault: XmlElement): RendererError {
  const [error] = elementsNamed(fault, 'UPnPError')
  const code = Number.parseInt((error && childText(error, 'errorCode')) ?? '', 10)
  const told = error && childText(error, 'errorDescription')
  const text = (told ?? childText(fault, 'faultstring') ?? 'it does not say why').slice(
    0,
    MAX_DESCRIPTION_LENGTH,
  )
  return refusal(action, Number.isNaN(code) ? null : code, text)
}

function refusal(action: string, code: number | null, text: string): RendererError {
  const reason = code === null ? text : `${code}, ${MEANINGS.get(code) ?? text}`
  return new RendererError('refused', `refuses ${action}: ${reason}`, { upnpCode: code })
}

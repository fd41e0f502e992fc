import { type Content, element, type Xml, xmlDocument } from '../xml/xml.ts'
import { parseXml, type XmlElement } from '../xml/xml-reader.ts'
import { UpnpError } from './upnp-error.ts'

const ENVELOPE_NAMESPACE = 'http://schemas.xmlsoap.org/soap/envelope/'
const ENCODING_STYLE = 'http://schemas.xmlsoap.org/soap/encoding/'
const CONTROL_NAMESPACE = 'urn:schemas-upnp-org:control-1-0'

/** An action as a control point invoked it (UPnP Device Architecture 1.0, 3.2.1). */
export interface SoapAction {
  /** As body and header name it, in this order; empty if neither does. */
  readonly serviceTypes: readonly string[]
  readonly name: string
  /** In the order sent; one name twice is possible. */
  readonly args: readonly SoapArgument[]
}

export interface SoapArgument {
  readonly name: string
  readonly value: string
}

/** Output arguments in the order of the service description; text is escaped when it is written. */
export type Outputs = readonly (readonly [name: string, value: Content])[]

/**
 * Reads a request. Any prefix, any order of arguments and a BOM are fine. The body says which action
 * it is; SOAPACTION may be missing or quoted in its own way, but must not name another action.
 *
 * @param soapAction - The header's value.
 * @throws UpnpError 402 if the body is no SOAP envelope with one action in it: UDA has no error for
 *   that, and arguments that cannot be read are the nearest; 401 if header and body disagree.
 */
export async function parseSoapAction(
  soapAction: string | undefined,
  body: Uint8Array,
): Promise<SoapAction> {
  const { localName, namespace, children } = await actionElement(body)
  const header = parseHeader(soapAction)
  if (header !== null && header.name !== localName) {
    throw new UpnpError(401, `SOAPACTION says ${header.name}, the body ${localName}`)
  }
  // An action without a declaration of its own stands in whatever is declared around it.
  const inBody = namespace === ENVELOPE_NAMESPACE ? null : namespace
  return {
    serviceTypes: [inBody, header?.serviceType ?? null].filter((type) => type !== null),
    name: localName,
    args: children.map((argument) => ({ name: argument.localName, value: argument.text })),
  }
}

const ACTION_VERSION = /(?<=#[\w-]+)\s*[:;].*$/s

/** The answer to an action that succeeded, to be sent with status 200. */
export function soapResponse(serviceType: string, action: string, outputs: Outputs): string {
  const args = outputs.map(([name, value]) => element(name, {}, value))
  const response = element(`u:${action}Response`, { 'xmlns:u': serviceType }, args)
  return xmlDocument(envelope(response))
}

/** The answer to an action that failed, to be sent with status 500 (UDA 1.0, 3.2.2). */
export function soapFault({ errorCode, errorDescription }: UpnpError): string {
  const fault = element('s:Fault', {}, [
    element('faultcode', {}, 's:Client'),
    element('faultstring', {}, 'UPnPError'),
    element(
      'detail',
      {},
      element('UPnPError', { xmlns: CONTROL_NAMESPACE }, [
        element('errorCode', {}, errorCode),
        element('errorDescription', {}, errorDescription),
      ]),
    ),
  ])
  return envelope(fault).toString()
}

/** Around what is asked and what is answered (SOAP 1.1, 4). */
export function envelope(content: Xml): Xml {
  const attributes = { 'xmlns:s': ENVELOPE_NAMESPACE, 's:encodingStyle': ENCODING_STYLE }
  return element('s:Envelope', attributes, element('s:Body', {}, content))
}

async function actionElement(body: Uint8Array): Promise<XmlElement> {
  const root = await readEnvelope(body)
  const bodies = root.children.filter(({ localName }) => localName === 'Body')
  const actions = bodies.flatMap(({ children }) => children)
  const [action] = actions
  if (root.localName !== 'Envelope' || action === undefined || actions.length !== 1) {
    throw new UpnpError(402, 'the body is no SOAP envelope with one action')
  }
  return action
}

function readEnvelope(body: Uint8Array): Promise<XmlElement> {
  return parseXml(new TextDecoder().decode(body)).catch((cause: unknown) => {
    throw new UpnpError(402, 'the body is no XML', { cause })
  })
}

/**
 * `"urn:…:service:ContentDirectory:1#Browse"`, in quotes of either kind or without; a version behind the
 * name of the action (`Browse:1`) is not looked at. `null` for anything else.
 */
function parseHeader(value = ''): { serviceType: string; name: string } | null {
  const unquoted = value.replace(/["']/g, '').trim().replace(ACTION_VERSION, '')
  const hash = unquoted.indexOf('#')
  if (hash < 1 || hash === unquoted.length - 1) return null
  return { serviceType: unquoted.slice(0, hash), name: unquoted.slice(hash + 1) }
}

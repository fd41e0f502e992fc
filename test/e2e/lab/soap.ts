import type { Host } from './lab.ts'

/** A service type and an action of it. */
type ActionName = readonly [string, string]

type Parameters = Readonly<Record<string, string>>

/** Invokes an action at `controlUrl` from `host`. @returns the answer. @throws Error for a fault */
export async function invoke(
  host: Host,
  controlUrl: string,
  name: ActionName,
  parameters: Parameters,
): Promise<string> {
  return (await post(host, [controlUrl, '--fail-with-body'], name, parameters)).stdout
}

/** The same, but a fault is an answer as well. */
export async function ask(
  host: Host,
  controlUrl: string,
  name: ActionName,
  parameters: Parameters,
): Promise<string> {
  return (await post(host, [controlUrl], name, parameters)).stdout
}

function post(
  host: Host,
  target: readonly string[],
  [serviceType, action]: ActionName,
  parameters: Parameters,
): Promise<{ stdout: string }> {
  const fields = Object.entries(parameters)
  const elements = fields.map(([name, value]) => `<${name}>${escapeText(value)}</${name}>`)
  const body = [
    '<?xml version="1.0"?>',
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"',
    ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>',
    `<u:${action} xmlns:u="${serviceType}">${elements.join('')}</u:${action}>`,
    '</s:Body></s:Envelope>',
  ]
  return host.run(
    [
      ...['curl', '-s', '-H', `SOAPACTION: "${serviceType}#${action}"`],
      ...['-H', 'Content-Type: text/xml; charset="utf-8"', '--data-binary', '@-', ...target],
    ],
    { input: body.join('') },
  )
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** The text of an XML node whose entities are the predefined ones. */
export function unescapeText(text: string): string {
  const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"')
  return plain.replaceAll('&apos;', "'").replaceAll('&amp;', '&')
}

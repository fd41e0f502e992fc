import type { Host } from './lab.ts'

/** Invokes an action at `controlUrl` from `host`. @returns the answer. @throws Error for a fault */
export async function invoke(
  host: Host,
  controlUrl: string,
  [serviceType, action]: readonly [string, string],
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const fields = Object.entries(parameters)
  const elements = fields.map(([name, value]) => `<${name}>${escapeText(value)}</${name}>`)
  const body = [
    '<?xml version="1.0"?>',
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"',
    ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>',
    `<u:${action} xmlns:u="${serviceType}">${elements.join('')}</u:${action}>`,
    '</s:Body></s:Envelope>',
  ]
  const { stdout } = await host.run(
    [
      ...['curl', '-s', '--fail-with-body', '-H', `SOAPACTION: "${serviceType}#${action}"`],
      ...['-H', 'Content-Type: text/xml; charset="utf-8"', '--data-binary', '@-', controlUrl],
    ],
    { input: body.join('') },
  )
  return stdout
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** The text of an XML node whose entities are the predefined ones. */
export function unescapeText(text: string): string {
  const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"')
  return plain.replaceAll('&apos;', "'").replaceAll('&amp;', '&')
}

import fc from 'fast-check'
import { expect } from 'vitest'
import { silentLogger } from '../../src/log.ts'
import { control } from '../../src/upnp/control/control.ts'
import type { Service } from '../../src/upnp/control/service.ts'
import { DEFAULT_PROFILE } from '../../src/upnp/renderers/renderer-profile.ts'
import { BROWSE, CONTENT_DIRECTORY, soapBody } from '../helpers/soap-request.ts'
import { fuzz, mutated } from './fuzz.ts'

const SERVICE: Service = {
  actions: new Map([['Browse', (args) => [['Id', args.text('ObjectID')]]]]),
  failureCode: 720,
  minEventIntervalMs: 0,
  stateVariables: () => new Map(),
}

const seeds = mutated([
  Buffer.from(soapBody(CONTENT_DIRECTORY, 'Browse', BROWSE)),
  Buffer.from(`\ufeff${soapBody(CONTENT_DIRECTORY, 'Browse', { ObjectID: '<&>"' })}`),
  Buffer.from(
    '<s:Envelope><s:Body><u:Browse><ObjectID><![CDATA[0]]></ObjectID></u:Browse></s:Body>',
  ),
])

/** Documents that are well-formed and have too much of something. */
const name = fc.constantFrom('a', 's:Body', 'u:Browse', '__proto__', 'constructor', 'xmlns', 'é')
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 40 },
    fc.string({ maxLength: 5 }),
    fc.constantFrom(
      '<![cdata["]]>',
      '<!x>',
      '<a">',
      '<a =">',
      '<?x?>',
      '<!---->',
      '<![CDATA[<a>]]>',
    ),
    fc
      .tuple(name, fc.nat(80), fc.array(tie('element'), { maxLength: 6 }))
      .map(([tag, count, inner]) => {
        const declared = Array.from({ length: count }, (_, i) => ` xmlns:p${i}="${i}"`).join('')
        return `<${tag}${declared}>${inner.join('')}</${tag}>`
      }),
  ),
}))

const headers = fc.option(fc.oneof(fc.string(), fc.constant(`"${CONTENT_DIRECTORY}#Browse"`)), {
  nil: undefined,
})

fuzz(
  'a SOAP body is answered or is a fault',
  fc.tuple(
    fc.oneof(
      seeds,
      element.map((text) => Buffer.from(text)),
    ),
    headers,
  ),
  async ([body, soapAction]) => {
    const request = {
      serviceType: CONTENT_DIRECTORY,
      soapAction,
      body,
      baseUrl: 'http://10.0.0.1:3030',
      renderer: DEFAULT_PROFILE,
    }
    const { status, xml } = await control(SERVICE, request, silentLogger())
    expect([200, 500]).toContain(status)
    if (status === 500) expect(xml).toMatch(/<errorCode>(401|402)<\/errorCode>/)
  },
)

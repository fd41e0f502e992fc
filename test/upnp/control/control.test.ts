import { describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { StorageError } from '../../../src/storage-error.ts'
import { type ControlAnswer, control } from '../../../src/upnp/control/control.ts'
import type { Action, Service } from '../../../src/upnp/control/service.ts'
import { UpnpError } from '../../../src/upnp/control/upnp-error.ts'
import { DEFAULT_PROFILE } from '../../../src/upnp/renderers/renderer-profile.ts'
import { CONTENT_DIRECTORY, faultCodeOf, soapBody } from '../../helpers/soap-request.ts'

function notStored(code: string): never {
  const cause = Object.assign(new Error(`${code}: no`), { code })
  throw new StorageError({ what: 'what was watched', path: '/srv/watched.json' }, cause)
}

/** Answers with what it was asked. */
const SERVICE: Service = {
  actions: new Map<string, Action>([
    [
      'Echo',
      (args, { baseUrl }) => [
        ['Text', args.text('Text', 'Alias')],
        ['Base', baseUrl],
      ],
    ],
    ['Count', (args) => [['Count', args.ui4('Count')]]],
    ['Signed', (args) => [['Signed', args.i4('Signed')]]],
    ['Choose', (args) => [['Choice', args.oneOf('Choice', ['a', 'b'])]]],
    ['constructor', () => []],
    [
      'Fail',
      () => {
        throw new TypeError('a bug of ours')
      },
    ],
    ['Full', () => notStored('ENOSPC')],
    ['ReadOnly', () => notStored('EROFS')],
    [
      'Refuse',
      () => {
        throw new UpnpError(701, 'no object "<&>"')
      },
    ],
  ]),
  failureCode: 720,
  minEventIntervalMs: 0,
  stateVariables: () => new Map(),
}

function post(body: string | Uint8Array, soapAction?: string): Promise<ControlAnswer> {
  const request = {
    serviceType: CONTENT_DIRECTORY,
    soapAction,
    body: typeof body === 'string' ? Buffer.from(body) : body,
    baseUrl: 'http://10.0.0.1:3030',
    renderer: DEFAULT_PROFILE,
  }
  return control(SERVICE, request, silentLogger())
}

function invoke(action: string, args: Readonly<Record<string, string>> = {}) {
  return post(soapBody(CONTENT_DIRECTORY, action, args), `"${CONTENT_DIRECTORY}#${action}"`)
}

const ECHO = soapBody(CONTENT_DIRECTORY, 'Echo', { Text: 'x' })

describe('an answer', () => {
  it('is this, byte for byte', async () => {
    expect(await invoke('Echo', { Text: 'A & "B"' })).toEqual({
      status: 200,
      xml:
        '<?xml version="1.0" encoding="utf-8"?>\n' +
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"' +
        ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>' +
        '<u:EchoResponse xmlns:u="urn:schemas-upnp-org:service:ContentDirectory:1">' +
        '<Text>A &amp; &quot;B&quot;</Text><Base>http://10.0.0.1:3030</Base>' +
        '</u:EchoResponse></s:Body></s:Envelope>',
    })
  })
})

describe('a fault', () => {
  it('is this, byte for byte', async () => {
    expect(await invoke('Refuse')).toEqual({
      status: 500,
      xml:
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"' +
        ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><s:Fault>' +
        '<faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>' +
        '<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>701</errorCode>' +
        '<errorDescription>No such object</errorDescription></UPnPError></detail></s:Fault>' +
        '</s:Body></s:Envelope>',
    })
  })

  it('says nothing of a bug of ours', async () => {
    const { status, xml } = await invoke('Fail')
    expect([status, faultCodeOf(xml)]).toEqual([500, 720])
    expect(xml).not.toContain('bug')
  })
})

describe('an odd request is answered:', () => {
  const envelope = 'http://schemas.xmlsoap.org/soap/envelope/'
  it.each<[string, string | Uint8Array]>([
    ['with a BOM', `\ufeff${ECHO}`],
    ['with a service type in small letters', ECHO.replace('ContentDirectory', 'contentdirectory')],
    ['without an XML declaration', ECHO.slice(ECHO.indexOf('\n') + 1)],
    ['after white space', `\r\n  ${ECHO}`],
    ['with bytes after its end', `${ECHO}\n\0\0`],
    [
      'with other prefixes',
      ECHO.replaceAll('s:', 'SOAP-ENV:')
        .replaceAll(':s=', ':SOAP-ENV=')
        .replaceAll('u:Echo', 'm:Echo')
        .replaceAll(':u=', ':m='),
    ],
    [
      'without prefixes',
      `<Envelope xmlns="${envelope}"><Body><Echo xmlns="${CONTENT_DIRECTORY}"><Text xmlns="">x</Text></Echo></Body></Envelope>`,
    ],
    [
      'without a namespace for the action',
      `<Envelope xmlns="${envelope}"><Body><Echo><Text>x</Text></Echo></Body></Envelope>`,
    ],
    [
      'with a prefix that nobody declared',
      `<s:Envelope><s:Body><u:Echo><Text>x</Text></u:Echo></s:Body></s:Envelope>`,
    ],
    [
      'with the namespace declared outside',
      ECHO.replace(/ xmlns:u="[^"]*"/, '').replace(
        '<s:Body>',
        `<s:Body xmlns:u="${CONTENT_DIRECTORY}">`,
      ),
    ],
    [
      'with types and comments',
      ECHO.replace('<Text>x', '<Text xmlns:dt="urn:x" dt:dt="string"><!-- x -->x'),
    ],
    ['with CDATA', ECHO.replace('>x<', '><![CDATA[x]]><')],
    [
      'with a header',
      ECHO.replace('<s:Body>', '<s:Header><t:Id xmlns:t="urn:t">1</t:Id></s:Header><s:Body>'),
    ],
    [
      'with arguments that we do not know',
      ECHO.replace('<Text>', '<constructor>1</constructor><toString/><__proto__/><Text>'),
    ],
    ['under another name', ECHO.replaceAll('Text>', 'Alias>')],
  ])('%s', async (_what, body) => {
    const { status, xml } = await post(body, `"${CONTENT_DIRECTORY}#Echo"`)
    expect(xml).toContain('<Text>x</Text>')
    expect(status).toBe(200)
  })

  it.each<[string, string | undefined]>([
    ['missing', undefined],
    ['empty', '""'],
    ['without quotes', `${CONTENT_DIRECTORY}#Echo`],
    ['in single quotes', `'${CONTENT_DIRECTORY}#Echo'`],
    ['with a version behind the action', `"${CONTENT_DIRECTORY}#Echo:1"`],
    ['with a parameter behind the action', `${CONTENT_DIRECTORY}#Echo; v=1`],
    ['for a version with a point', '"urn:schemas-upnp-org:service:ContentDirectory:1.0#Echo"'],
    ['without a number sign', `"${CONTENT_DIRECTORY}Echo"`],
    ['with one quote', `"${CONTENT_DIRECTORY}#Echo`],
    ['among spaces', `  "${CONTENT_DIRECTORY}#Echo" `],
    ['for a later version', '"urn:schemas-upnp-org:service:ContentDirectory:2#Echo"'],
    ['without a service', 'Echo'],
  ])('SOAPACTION %s', async (_what, soapAction) => {
    expect((await post(ECHO, soapAction)).status).toBe(200)
  })

  it('in the version that it asked in', async () => {
    const type = 'urn:schemas-upnp-org:service:ContentDirectory:3'
    const { xml } = await post(soapBody(type, 'Echo', { Text: 'x' }))
    expect(xml).toContain(`<u:EchoResponse xmlns:u="${type}">`)
  })
})

describe('401 Invalid Action:', () => {
  it.each<[string, string, string | undefined]>([
    ['no such action', soapBody(CONTENT_DIRECTORY, 'Search'), `"${CONTENT_DIRECTORY}#Search"`],
    ['another case', soapBody(CONTENT_DIRECTORY, 'echo'), undefined],
    ['a name of JavaScript', soapBody(CONTENT_DIRECTORY, 'toString'), undefined],
    ['SOAPACTION of another action', ECHO, `"${CONTENT_DIRECTORY}#Count"`],
    ['SOAPACTION of another service', ECHO, '"urn:schemas-upnp-org:service:Printer:1#Echo"'],
    ['another service', soapBody('urn:x:service:Y:1', 'Echo', { Text: 'x' }), undefined],
  ])('%s', async (_what, body, soapAction) => {
    const { status, xml } = await post(body, soapAction)
    expect([status, faultCodeOf(xml)]).toEqual([500, 401])
  })
})

describe('402 Invalid Args:', () => {
  const bomb = Array.from({ length: 20 }, (_, n) => `<!ENTITY e${n + 1} "&e${n};&e${n};">`).join('')
  it.each<[string, string]>([
    ['no body', ''],
    ['no XML', 'Browse please'],
    ['a torn document', ECHO.slice(0, -20)],
    ['elements that cross', '<a><b></a></b>'],
    ['an unknown entity', ECHO.replace('>x<', '>&x;<')],
    ['a document type', ECHO.replace('?>', '?><!DOCTYPE x>')],
    [
      'a document type in lower case',
      ECHO.replace('?>', '?><!doctype x SYSTEM "file:///etc/passwd">'),
    ],
    [
      'an entity bomb',
      ECHO.replace('?>', `?><!DOCTYPE x [<!ENTITY e0 "x">${bomb}]>`).replace('>x<', '>&e20;<'),
    ],
    ['an invalid character reference', ECHO.replace('>x<', '>&#xffffffff;<')],
    ['no envelope', '<Echo><Text>x</Text></Echo>'],
    ['no action', `<s:Envelope xmlns:s="e"><s:Body/></s:Envelope>`],
    ['two actions', ECHO.replace('</s:Body>', '<u:Count xmlns:u="c"/></s:Body>')],
    ['an action twice', ECHO.replace('</s:Body>', '<u:Echo xmlns:u="c"/></s:Body>')],
    ['an argument missing', soapBody(CONTENT_DIRECTORY, 'Echo')],
    ['an argument twice', ECHO.replace('<Text>', '<Text>y</Text><Text>')],
    ['a deep document', `${'<a>'.repeat(80_000)}${'</a>'.repeat(80_000)}`],
  ])('%s', async (_what, body) => {
    const { status, xml } = await post(body)
    expect([status, faultCodeOf(xml)]).toEqual([500, 402])
  })

  it.each([
    '',
    ' ',
    '-1',
    '1.0',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    '4294967296',
    '99999999999',
    '1 2',
    '١',
    'null',
  ])('%j is no ui4', async (count) => {
    expect(faultCodeOf((await invoke('Count', { Count: count })).xml)).toBe(402)
  })

  it.each(['', '2147483648', '-2147483649', '--1', 'x'])('%j is no i4', async (signed) => {
    expect(faultCodeOf((await invoke('Signed', { Signed: signed })).xml)).toBe(402)
  })

  it.each(['', 'A', 'a,b', 'constructor'])('%j is not allowed', async (choice) => {
    expect(faultCodeOf((await invoke('Choose', { Choice: choice })).xml)).toBe(402)
  })
})

describe('arguments', () => {
  it.each([
    ['0', '0'],
    ['0050', '50'],
    [' 50\n', '50'],
    ['4294967295', '4294967295'],
  ])('%j is a ui4', async (text, value) => {
    expect((await invoke('Count', { Count: text })).xml).toContain(`<Count>${value}</Count>`)
  })

  it.each(['-2147483648', '-1', '2147483647'])('%j is an i4', async (text) => {
    expect((await invoke('Signed', { Signed: text })).xml).toContain(`<Signed>${text}</Signed>`)
  })
})

describe('whatever bytes come in', () => {
  it('the answer is a fault or an answer', async () => {
    let seed = 1
    const next = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    for (let round = 0; round < 2_000; round++) {
      const bytes = Buffer.from(ECHO)
      for (let change = 0; change <= next(4); change++) {
        const at = next(bytes.length)
        const how = next(3)
        if (how === 0) bytes[at] = next(256)
        else bytes.copy(bytes, at, next(bytes.length))
      }
      const { status, xml } = await post(bytes)
      expect(status === 200 ? 'Response' : 'Fault').toBe(/Response|Fault/.exec(xml)?.[0])
    }
  })

  it.each([
    ['of attributes', `<a ${Array.from({ length: 20_000 }, (_, n) => `b${n}=""`).join(' ')}/>`],
    ['of siblings', `<a>${'<b/>'.repeat(60_000)}</a>`],
    ['of text', `<a>${'x'.repeat(250_000)}</a>`],
    ['of references', `<a>${'&amp;'.repeat(50_000)}</a>`],
  ])('256 KiB %s are no burden', async (_what, body) => {
    const start = performance.now()
    expect((await post(body)).status).toBe(500)
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})

it.each([
  ['Full', 603, 'Out of Memory: what was watched could not be stored: the disk is full'],
  [
    'ReadOnly',
    501,
    'Action Failed: what was watched could not be stored: the file system is read-only',
  ],
])('%s: what cannot be stored is fault %d, and no path is told', async (action, code, text) => {
  const { status, xml } = await invoke(action)
  expect(status).toBe(500)
  expect(faultCodeOf(xml)).toBe(code)
  expect(xml).toContain(`<errorDescription>${text}</errorDescription>`)
  expect(xml).not.toContain('/srv')
})

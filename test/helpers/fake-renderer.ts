import type { Clock } from '../../src/clock.ts'
import type { Exchange, OutAnswer, OutRequest } from '../../src/renderers/wire/exchange.ts'
import { RendererError } from '../../src/renderers/wire/renderer-error.ts'
import { parseSoapAction } from '../../src/upnp/control/soap.ts'
import { escapeXml } from '../../src/upnp/xml/xml.ts'

/** What one renderer does differently from what it should. */
export interface Quirks {
  readonly friendlyName?: string
  /** In place of the whole description. */
  readonly description?: string
  readonly sink?: string
  /** What is answered to an action in place of doing it. */
  readonly answers?: Readonly<Record<string, (args: ReadonlyMap<string, string>) => Answer | null>>
  readonly takesNext?: boolean
  readonly maxVolume?: number
  readonly seekModes?: readonly string[]
  readonly hasEvents?: boolean
}

/** A body, an UPnP error code, `hang`, or `gone`. */
export type Answer = string | number | 'hang' | 'gone'

export interface Invocation {
  readonly action: string
  readonly args: ReadonlyMap<string, string>
  readonly soapAction: string
}

const AV = 'urn:schemas-upnp-org:service:AVTransport:1'
const RC = 'urn:schemas-upnp-org:service:RenderingControl:1'
const CM = 'urn:schemas-upnp-org:service:ConnectionManager:1'

/** A media renderer that plays in the time of a clock, at http://<address>:49152/. */
export class FakeRenderer {
  readonly address: string
  readonly udn: string
  readonly invocations: Invocation[] = []
  readonly requests: OutRequest[] = []
  readonly #clock: Clock
  quirks: Quirks
  isGone = false
  state = 'NO_MEDIA_PRESENT'
  uri = ''
  metadata = ''
  nextUri = ''
  durationMs = 60_000
  volume = 20
  muted = false
  #heldMs = 0
  #startedAt = 0

  constructor(clock: Clock, quirks: Quirks = {}, address = '192.168.1.20') {
    this.#clock = clock
    this.quirks = quirks
    this.address = address
    this.udn = `uuid:renderer-${address}`
  }

  get location(): string {
    return `http://${this.address}:49152/desc.xml`
  }

  /** As it is advertised. */
  datagram(nts = 'ssdp:alive'): Buffer {
    return Buffer.from(
      [
        'NOTIFY * HTTP/1.1',
        'HOST: 239.255.255.250:1900',
        'CACHE-CONTROL: max-age=1800',
        `LOCATION: ${this.location}`,
        'NT: urn:schemas-upnp-org:device:MediaRenderer:1',
        `NTS: ${nts}`,
        `USN: ${this.udn}::urn:schemas-upnp-org:device:MediaRenderer:1`,
        '',
        '',
      ].join('\r\n'),
    )
  }

  /** Names of what it was told, without questions. */
  get told(): readonly string[] {
    return this.invocations.map(({ action }) => action).filter((name) => !name.startsWith('Get'))
  }

  last(action: string): Invocation | undefined {
    return this.invocations.findLast((one) => one.action === action)
  }

  get positionMs(): number {
    const sinceMs = this.state === 'PLAYING' ? this.#clock.now() - this.#startedAt : 0
    return Math.min(this.#heldMs + sinceMs, this.durationMs)
  }

  set positionMs(positionMs: number) {
    this.#heldMs = positionMs
    this.#startedAt = this.#clock.now()
  }

  readonly exchange: Exchange = async (request) => {
    this.requests.push(request)
    if (this.isGone) throw new RendererError('unreachable', 'cannot be reached (ECONNREFUSED)')
    const { pathname } = request.url
    if (pathname === '/desc.xml') return ok(this.quirks.description ?? this.#description())
    if (pathname === '/av.xml') return ok(this.#avDescription())
    if (pathname === '/rc.xml') return ok(this.#rcDescription())
    if (pathname === '/icon.png') return { ...ok(''), body: PNG }
    if (request.method === 'SUBSCRIBE') {
      return { ...ok(''), headers: { sid: 'uuid:sub-1', timeout: 'Second-300' } }
    }
    if (request.method === 'UNSUBSCRIBE') return ok('')
    return await this.#invoke(request)
  }

  async #invoke(request: OutRequest): Promise<OutAnswer> {
    const soapAction = request.headers?.SOAPACTION ?? ''
    const body = Buffer.from(request.body ?? '')
    const { name, args } = await parseSoapAction(soapAction, body)
    const values = new Map(args.map((one) => [one.name, one.value]))
    this.invocations.push({ action: name, args: values, soapAction })
    this.#endWhereItEnds()
    const answer = this.quirks.answers?.[name]?.(values) ?? this.#act(name, values)
    if (answer === 'hang') throw new RendererError('silent', 'does not answer within 10 s')
    if (answer === 'gone') throw new RendererError('unreachable', 'cannot be reached (ECONNRESET)')
    if (typeof answer === 'string') return ok(answer)
    if (typeof answer === 'number') return { ...ok(fault(answer)), status: 500 }
    return ok(response(name, answer))
  }

  #endWhereItEnds(): void {
    if (this.state !== 'PLAYING' || this.positionMs < this.durationMs) return
    if (this.nextUri !== '') {
      this.uri = this.nextUri
      this.nextUri = ''
      this.positionMs = 0
      return
    }
    this.positionMs = 0
    this.state = 'STOPPED'
  }

  #act(name: string, args: ReadonlyMap<string, string>): Record<string, string> | number {
    const text = (argument: string): string => args.get(argument) ?? ''
    switch (name) {
      case 'SetAVTransportURI':
        this.uri = text('CurrentURI')
        this.metadata = text('CurrentURIMetaData')
        this.state = 'STOPPED'
        this.positionMs = 0
        return {}
      case 'SetNextAVTransportURI':
        this.nextUri = text('NextURI')
        return {}
      case 'Play':
        if (this.uri === '') return 702
        this.positionMs = this.positionMs
        this.state = 'PLAYING'
        return {}
      case 'Pause':
        if (this.state !== 'PLAYING') return 701
        this.positionMs = this.positionMs
        this.state = 'PAUSED_PLAYBACK'
        return {}
      case 'Stop':
        this.state = 'STOPPED'
        this.positionMs = 0
        return {}
      case 'Seek': {
        if (this.state !== 'PLAYING' && this.state !== 'PAUSED_PLAYBACK') return 701
        if (!(this.quirks.seekModes ?? ['REL_TIME']).includes(text('Unit'))) return 710
        const [hours, minutes, seconds] = text('Target').split(':').map(Number)
        this.positionMs = (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1_000
        return {}
      }
      case 'GetTransportInfo':
        return { CurrentTransportState: this.state, CurrentSpeed: '1' }
      case 'GetPositionInfo':
        return {
          TrackDuration: spelled(this.uri === '' ? 0 : this.durationMs),
          TrackURI: this.uri,
          RelTime: spelled(this.positionMs),
        }
      case 'GetVolume':
        return { CurrentVolume: String(this.volume) }
      case 'SetVolume':
        this.volume = Number(text('DesiredVolume'))
        return {}
      case 'GetMute':
        return { CurrentMute: this.muted ? '1' : '0' }
      case 'SetMute':
        this.muted = text('DesiredMute') === '1'
        return {}
      case 'GetProtocolInfo':
        return { Source: '', Sink: this.quirks.sink ?? 'http-get:*:video/x-matroska:*' }
      default:
        return 401
    }
  }

  #description(): string {
    const service = (type: string, path: string): string =>
      `<service><serviceType>${type}</serviceType><serviceId>${path}</serviceId>` +
      `<SCPDURL>/${path}.xml</SCPDURL><controlURL>/${path}</controlURL>` +
      `<eventSubURL>${this.quirks.hasEvents === false ? '' : `/${path}/events`}</eventSubURL></service>`
    return (
      '<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>' +
      '<deviceType>urn:schemas-upnp-org:device:MediaRenderer:1</deviceType>' +
      `<friendlyName>${escapeXml(this.quirks.friendlyName ?? 'Living room')}</friendlyName>` +
      '<manufacturer>Maker</manufacturer><modelName>Model</modelName>' +
      `<UDN>${this.udn}</UDN>` +
      '<iconList><icon><mimetype>image/png</mimetype><width>48</width><url>/icon.png</url></icon></iconList>' +
      `<serviceList>${service(AV, 'av')}${service(RC, 'rc')}${service(CM, 'cm')}</serviceList>` +
      '</device></root>'
    )
  }

  #avDescription(): string {
    const next = '<action><name>SetNextAVTransportURI</name></action>'
    const modes = (this.quirks.seekModes ?? ['REL_TIME']).map(
      (mode) => `<allowedValue>${mode}</allowedValue>`,
    )
    return (
      `<scpd><actionList><action><name>Play</name></action>${this.quirks.takesNext ? next : ''}` +
      '</actionList><serviceStateTable><stateVariable><name>A_ARG_TYPE_SeekMode</name>' +
      `<allowedValueList>${modes.join('')}</allowedValueList></stateVariable></serviceStateTable></scpd>`
    )
  }

  #rcDescription(): string {
    return (
      '<scpd><serviceStateTable><stateVariable><name>Volume</name><allowedValueRange>' +
      `<minimum>0</minimum><maximum>${this.quirks.maxVolume ?? 100}</maximum><step>1</step>` +
      '</allowedValueRange></stateVariable></serviceStateTable></scpd>'
    )
  }
}

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

function ok(text: string): OutAnswer {
  return { status: 200, headers: {}, body: Buffer.from(text) }
}

function response(action: string, outputs: Readonly<Record<string, string>>): string {
  const args = Object.entries(outputs).map(
    ([name, value]) => `<${name}>${escapeXml(value)}</${name}>`,
  )
  return envelope(`<u:${action}Response xmlns:u="urn:x">${args.join('')}</u:${action}Response>`)
}

export function fault(code: number): string {
  return envelope(
    '<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>' +
      `<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>${code}</errorCode>` +
      '<errorDescription>no</errorDescription></UPnPError></detail></s:Fault>',
  )
}

export function envelope(body: string): string {
  return (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">' +
    `<s:Body>${body}</s:Body></s:Envelope>`
  )
}

function spelled(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19).replace(/^0/, '')
}

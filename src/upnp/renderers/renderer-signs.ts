/** What tells a renderer: what its requests say, and what its own device description says. */
export interface RendererSigns extends RequestSigns {
  readonly description?: DescriptionSigns | undefined
}

/** Headers of a request, as they came; absent where there is none or it cannot be read. */
export interface RequestSigns {
  readonly userAgent?: string | undefined
  /** X-AV-Client-Info and X-AV-Physical-Unit-Info, which may name the model where the other names the kind. */
  readonly avClientInfo?: string | undefined
  /** FriendlyName.DLNA.ORG. */
  readonly friendlyName?: string | undefined
  /** DLNADeviceName.lge.com, percent-decoded. */
  readonly lgName?: string | undefined
  /** X-PANASONIC-Registration, out of Base64. */
  readonly panasonicName?: string | undefined
}

/** Of the MediaRenderer at the same address, found by SSDP. */
export interface DescriptionSigns {
  readonly manufacturer?: string | undefined
  readonly modelName?: string | undefined
  readonly modelNumber?: string | undefined
  readonly modelDescription?: string | undefined
  readonly friendlyName?: string | undefined
}

/** Headers by their names in lower case, as Node gives them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Longer ones are cut: nobody's name is longer, and every rule looks at it. */
const MAX_LENGTH = 256

/** Reads what is needed out of the headers of any request, whatever they hold. */
export function requestSigns(headers: RequestHeaders): RequestSigns {
  const header = (name: string): string | undefined =>
    headers[name]?.toString().slice(0, MAX_LENGTH).trim()
  return {
    userAgent: header('user-agent'),
    avClientInfo: joined(header('x-av-client-info'), header('x-av-physical-unit-info')),
    friendlyName: header('friendlyname.dlna.org'),
    lgName: percentDecoded(header('dlnadevicename.lge.com')),
    panasonicName: base64Decoded(header('x-panasonic-registration')),
  }
}

function joined(...texts: readonly (string | undefined)[]): string | undefined {
  const known = texts.filter((text) => text !== undefined)
  return known.length === 0 ? undefined : known.join(' ')
}

function percentDecoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Padded with zero bytes. */
function base64Decoded(text: string | undefined): string | undefined {
  return text === undefined
    ? undefined
    : Buffer.from(text, 'base64').toString('latin1').replace(/\0+$/, '')
}

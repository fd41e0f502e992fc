import { parseUrl } from '../../parse-url.ts'
import type { DescriptionSigns } from '../../upnp/renderers/renderer-signs.ts'
import type { XmlElement } from '../../upnp/xml/xml-reader.ts'
import { childNamed, childText, elementsNamed, parseLeniently } from '../wire/lenient-xml.ts'
import { RendererError } from '../wire/renderer-error.ts'

/** Where a service of a renderer is, and in which version. */
export interface ServiceAddress {
  /** As the device spells it: this is what SOAPACTION has to say. */
  readonly serviceType: string
  readonly controlUrl: URL
  /** `null` where there are no events. */
  readonly eventUrl: URL | null
  readonly scpdUrl: URL | null
}

export interface RendererDescription {
  /** `null` where it has none. */
  readonly udn: string | null
  readonly friendlyName: string | null
  /** What its rule is found by. */
  readonly signs: DescriptionSigns
  readonly iconUrl: URL | null
  readonly avTransport: ServiceAddress
  readonly renderingControl: ServiceAddress | null
  readonly connectionManager: ServiceAddress | null
}

const MAX_NAME_LENGTH = 128
const MAX_SIGN_LENGTH = 256
/** Becomes a header. */
const SERVICE_TYPE = /^urn:[\w.-]+:service:([\w-]+)(?::\d{1,4})?$/

/**
 * Reads a device description (UPnP Device Architecture 1.0, 2.1) for its media renderer, be it the root
 * device or one inside of it. Names count and namespaces do not. What lies at another host than the
 * description is left out. Rejects with RendererError.
 *
 * @param location - Where the text was found.
 */
export async function readDeviceDescription(
  text: string,
  location: URL,
): Promise<RendererDescription> {
  const root = await parseLeniently(text).catch((cause: Error) => {
    const message = `has a description that cannot be read: ${cause.message}`
    throw new RendererError('unreadable', message, { cause })
  })
  const device = rendererIn(root)
  if (device === null) {
    throw new RendererError('unsupported', 'plays nothing for others: it has no AVTransport')
  }
  const base = baseUrl(root, location)
  const service = (name: string): ServiceAddress | null => serviceNamed(device, name, base)
  const avTransport = service('AVTransport')
  if (avTransport === null) {
    throw new RendererError('unreadable', 'does not say where its AVTransport is')
  }
  const text256 = (name: string): string | undefined =>
    childText(device, name)?.slice(0, MAX_SIGN_LENGTH)
  return {
    udn: childText(device, 'UDN')?.slice(0, MAX_NAME_LENGTH) ?? null,
    friendlyName: childText(device, 'friendlyName')?.slice(0, MAX_NAME_LENGTH) ?? null,
    signs: {
      manufacturer: text256('manufacturer'),
      modelName: text256('modelName'),
      modelNumber: text256('modelNumber'),
      modelDescription: text256('modelDescription'),
      friendlyName: text256('friendlyName'),
    },
    iconUrl: iconOf(device, base),
    avTransport,
    renderingControl: service('RenderingControl'),
    connectionManager: service('ConnectionManager'),
  }
}

/** The device that says it is a renderer; otherwise any that can be told what to play. */
function rendererIn(root: XmlElement): XmlElement | null {
  const devices = [...elementsNamed(root, 'device')].filter(
    (device) => serviceElement(device, 'AVTransport') !== undefined,
  )
  const isRenderer = (device: XmlElement): boolean =>
    /:device:MediaRenderer\b/i.test(childText(device, 'deviceType') ?? '')
  return devices.find(isRenderer) ?? devices[0] ?? null
}

function serviceElement(device: XmlElement, name: string): XmlElement | undefined {
  const list = childNamed(device, 'serviceList')
  return list?.children.find((service) => {
    const [, found] = SERVICE_TYPE.exec(childText(service, 'serviceType') ?? '') ?? []
    return found === name
  })
}

function serviceNamed(device: XmlElement, name: string, base: URL): ServiceAddress | null {
  const service = serviceElement(device, name)
  if (service === undefined) return null
  const url = (child: string): URL | null => ownUrl(childText(service, child), base)
  const controlUrl = url('controlURL')
  if (controlUrl === null) return null
  return {
    serviceType: childText(service, 'serviceType') ?? '',
    controlUrl,
    eventUrl: url('eventSubURL'),
    scpdUrl: url('SCPDURL'),
  }
}

/** URLBase where it is at the device's own address: some have 0.0.0.0 there, or an old one. */
function baseUrl(root: XmlElement, location: URL): URL {
  const given = parseUrl(childText(root, 'URLBase') ?? '')
  return given?.protocol === 'http:' && given.hostname === location.hostname ? given : location
}

/** `null` for what is no URL at the same host. */
function ownUrl(text: string | null, base: URL): URL | null {
  if (text === null) return null
  const url = parseUrl(text, base)
  return url?.protocol === 'http:' && url.hostname === base.hostname ? url : null
}

/** The largest up to 256 pixels. */
function iconOf(device: XmlElement, base: URL): URL | null {
  const list = childNamed(device, 'iconList')
  const icons = (list?.children ?? []).flatMap((icon) => {
    const url = ownUrl(childText(icon, 'url'), base)
    const width = Number(childText(icon, 'width') ?? 0)
    const isPlain = /png|jpe?g/i.test(childText(icon, 'mimetype') ?? '')
    return url !== null && isPlain ? [{ url, width: width <= 256 ? width : 1 }] : []
  })
  return icons.toSorted((a, b) => b.width - a.width)[0]?.url ?? null
}

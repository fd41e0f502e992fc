import { randomUUID } from 'node:crypto'

/** What we are (UDA 1.0, chapter 1): one root device without embedded devices. */
export const DEVICE_TYPE = 'urn:schemas-upnp-org:device:MediaServer:1'

/** Names a service in our own URLs and file names: /upnp/control/content-directory. */
export type ServiceName = 'content-directory' | 'connection-manager' | 'media-receiver-registrar'

export interface ServiceIdentity {
  readonly name: ServiceName
  readonly serviceType: string
  readonly serviceId: string
}

/**
 * The services in the order in which they are described and advertised. The registrar's id has a dot
 * in `microsoft.com` although UDA asks for a hyphen: the Xbox does not take the hyphen.
 */
export const SERVICES: readonly ServiceIdentity[] = [
  {
    name: 'content-directory',
    serviceType: 'urn:schemas-upnp-org:service:ContentDirectory:1',
    serviceId: 'urn:upnp-org:serviceId:ContentDirectory',
  },
  {
    name: 'connection-manager',
    serviceType: 'urn:schemas-upnp-org:service:ConnectionManager:1',
    serviceId: 'urn:upnp-org:serviceId:ConnectionManager',
  },
  {
    name: 'media-receiver-registrar',
    serviceType: 'urn:microsoft.com:service:X_MS_MediaReceiverRegistrar:1',
    serviceId: 'urn:microsoft.com:serviceId:X_MS_MediaReceiverRegistrar',
  },
]

/** A unique device name, `uuid:` and a UUID in lower case. It stays the same over restarts. */
export type Udn = string & { readonly udn: unique symbol }

/** A random one. */
export function newUdn(): Udn {
  return `uuid:${randomUUID()}` as Udn
}

/** Reads `uuid:` and a UUID in either case; `null` for anything else. */
export function parseUdn(text: string): Udn | null {
  const isUdn = /^uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
  return isUdn ? (text.toLowerCase() as Udn) : null
}

/** One thing that SSDP advertises and that a search can ask for: the NT (or ST) and its USN. */
export interface NotificationTarget {
  readonly notificationTarget: string
  readonly usn: string
}

/** All that we advertise: 3 for the root device and 1 for each service (UDA 1.0, 1.1.2). */
export function notificationTargets(udn: Udn): readonly NotificationTarget[] {
  const types = [DEVICE_TYPE, ...SERVICES.map((service) => service.serviceType)]
  return [
    { notificationTarget: 'upnp:rootdevice', usn: `${udn}::upnp:rootdevice` },
    { notificationTarget: udn, usn: udn },
    ...types.map((type) => ({ notificationTarget: type, usn: `${udn}::${type}` })),
  ]
}

export interface ServerFacts {
  /** Name of the operating system, as `os.type()` gives it. */
  readonly system: string
  /** Version of its kernel, as `os.release()` gives it. */
  readonly release: string
  /** Our own version. */
  readonly version: string
}

/** The SERVER header: the same in SSDP, in HTTP answers and in events. */
export function serverHeader({ system, release, version }: ServerFacts): string {
  return `${system}/${release} DLNADOC/1.50 UPnP/1.0 Tributary/${version}`
}

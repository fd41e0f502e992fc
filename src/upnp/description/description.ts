import { readFileSync } from 'node:fs'
import { DEFAULT_PROFILE, type RendererProfile } from '../renderers/renderer-profile.ts'
import { escapeXml } from '../xml/xml.ts'
import { SERVICES, type Udn } from './names.ts'

/** Read once, when the program starts; the same path from src/upnp and from dist/upnp. */
const DESCRIPTORS = new URL('../../../descriptors/', import.meta.url)

/** UDA 1.0, 2.1: a friendly name should have fewer than 64 characters. */
const LONGEST_FRIENDLY_NAME = 63

const DEVICE_TEMPLATE = readXml('device.xml')

/** Some readers stumble over what only Samsung's devices know. */
const WITHOUT_SAMSUNG = DEVICE_TEMPLATE.replace(/<(sec:\w+)>[^<]*<\/\1>| xmlns:sec="[^"]*"/g, '')

/** The Xbox 360 lists no server without a colon and a number behind its name. */
const XBOX_NAME_SUFFIX = ': 1'

const OURSELVES = { manufacturer: 'Tributary', modelName: 'Tributary' }

const WINDOWS_MEDIA_CONNECT = {
  manufacturer: 'Microsoft Corporation',
  modelName: 'Windows Media Connect',
  version: '2.0',
}

const SERVICE_DESCRIPTIONS: ReadonlyMap<string, string> = new Map(
  SERVICES.map(({ name }) => [name, readXml(`${name}.xml`)]),
)

export interface Icon {
  readonly bytes: Uint8Array
  readonly mimeType: string
}

const ICONS: ReadonlyMap<string, Icon> = new Map([
  ['icon-48.png', readIcon('icon-48.png', 'image/png')],
  ['icon-48.jpg', readIcon('icon-48.jpg', 'image/jpeg')],
  ['icon-120.png', readIcon('icon-120.png', 'image/png')],
  ['icon-120.jpg', readIcon('icon-120.jpg', 'image/jpeg')],
])

export interface DeviceFacts {
  readonly udn: Udn
  /** What people see on the TV; cut to 63 characters. */
  readonly friendlyName: string
  /** Our own version. */
  readonly version: string
}

/** The document at LOCATION (UDA 1.0, 2.1), to be sent as UTF-8. */
export function deviceDescription(
  { udn, friendlyName, version }: DeviceFacts,
  renderer: RendererProfile = DEFAULT_PROFILE,
): string {
  const template = renderer.samsungCapabilities ? DEVICE_TEMPLATE : WITHOUT_SAMSUNG
  const suffix = renderer.windowsMediaConnect ? XBOX_NAME_SUFFIX : ''
  const limit = LONGEST_FRIENDLY_NAME - suffix.length
  return fillIn(template, {
    udn,
    friendlyName: [...friendlyName].slice(0, limit).join('') + suffix,
    version,
    serialNumber: udn.slice('uuid:'.length),
    ...(renderer.windowsMediaConnect ? WINDOWS_MEDIA_CONNECT : OURSELVES),
  })
}

/** A service description (SCPD) by the service's name: `content-directory`. */
export function serviceDescription(name: string): string | undefined {
  return SERVICE_DESCRIPTIONS.get(name)
}

/** An icon of the device description by its file name: `icon-48.png`. */
export function icon(fileName: string): Icon | undefined {
  return ICONS.get(fileName)
}

/** Without the space between elements: some parsers take it for content. */
function readXml(fileName: string): string {
  return readFileSync(new URL(fileName, DESCRIPTORS), 'utf8').replace(/>\s+</g, '><').trim()
}

function readIcon(fileName: string, mimeType: string): Icon {
  return { bytes: readFileSync(new URL(`icons/${fileName}`, DESCRIPTORS)), mimeType }
}

function fillIn(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_placeholder, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`no value for {{${name}}}`)
    return escapeXml(value)
  })
}

import { describe, expect, it } from 'vitest'
import {
  newUdn,
  notificationTargets,
  parseUdn,
  serverHeader,
} from '../../../src/upnp/description/names.ts'

describe('parseUdn()', () => {
  it('reads what newUdn() makes', () => {
    const udn = newUdn()
    expect(parseUdn(udn)).toBe(udn)
    expect(parseUdn(udn.toUpperCase())).toBe(udn)
  })

  it.each(['', 'uuid:', '2d2c1b0a-0000-4000-8000-000000000001', 'uuid:2d2c1b0a', 'uuid:x'])(
    'refuses %j',
    (text) => {
      expect(parseUdn(text)).toBeNull()
    },
  )
})

describe('notificationTargets()', () => {
  it('gives the six pairs of NT and USN', () => {
    const udn = newUdn()
    const pairs = notificationTargets(udn).map((one) => [one.notificationTarget, one.usn])
    expect(pairs).toEqual([
      ['upnp:rootdevice', `${udn}::upnp:rootdevice`],
      [udn, udn],
      ...[
        'urn:schemas-upnp-org:device:MediaServer:1',
        'urn:schemas-upnp-org:service:ContentDirectory:1',
        'urn:schemas-upnp-org:service:ConnectionManager:1',
        'urn:microsoft.com:service:X_MS_MediaReceiverRegistrar:1',
      ].map((type) => [type, `${udn}::${type}`]),
    ])
  })
})

describe('serverHeader()', () => {
  it('claims UPnP/1.0 and DLNA 1.50', () => {
    const header = serverHeader({ system: 'Linux', release: '6.1.0-18-amd64', version: '0.1.0' })
    expect(header).toBe('Linux/6.1.0-18-amd64 DLNADOC/1.50 UPnP/1.0 Tributary/0.1.0')
  })
})

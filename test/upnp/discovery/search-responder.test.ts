import { describe, expect, it } from 'vitest'
import { newUdn, notificationTargets } from '../../../src/upnp/description/names.ts'
import { targetsOf } from '../../../src/upnp/discovery/search-responder.ts'

const udn = newUdn()
const targets = notificationTargets(udn)

describe('targetsOf()', () => {
  it('finds all six for ssdp:all, each under its own name', () => {
    expect(targetsOf('ssdp:all', targets)).toEqual(targets)
    expect(targets).toHaveLength(6)
  })

  it.each(targets)('finds $notificationTarget', (target) => {
    expect(targetsOf(target.notificationTarget, targets)).toEqual([target])
  })

  it('finds the UDN in upper case and answers as asked', () => {
    const asked = udn.toUpperCase().replace('UUID', 'uuid')
    expect(targetsOf(asked, targets)).toEqual([{ notificationTarget: asked, usn: udn }])
  })

  it.each(['SSDP:ALL', 'ssdp:All'])('takes %s for ssdp:all', (searchTarget) => {
    expect(targetsOf(searchTarget, targets)).toEqual(targets)
  })

  it.each(['UPnP:RootDevice', 'urn:schemas-upnp-org:device:mediaserver:1'])(
    'finds %s and answers as asked',
    (searchTarget) => {
      expect(targetsOf(searchTarget, targets)).toMatchObject([{ notificationTarget: searchTarget }])
    },
  )

  it.each([
    'urn:schemas-upnp-org:device:MediaServer:2',
    'urn:schemas-upnp-org:service:ContentDirectory:4',
    'urn:schemas-upnp-org:device:MediaRenderer:1',
    newUdn(),
    'upnp:*',
  ])('finds nothing for %s', (searchTarget) => {
    expect(targetsOf(searchTarget, targets)).toEqual([])
  })
})

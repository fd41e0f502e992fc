import { expect, it } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { control } from '../../../src/upnp/control/control.ts'
import { newUdn } from '../../../src/upnp/description/names.ts'
import { DEFAULT_PROFILE } from '../../../src/upnp/renderers/renderer-profile.ts'
import { mediaReceiverRegistrar } from '../../../src/upnp/services/media-receiver-registrar.ts'
import { faultCodeOf, outputsOf, REGISTRAR, soapBody } from '../../helpers/soap-request.ts'

const UDN = newUdn()

async function invoke(
  action: string,
  args: Readonly<Record<string, string>> = {},
  serviceType = REGISTRAR,
): Promise<string> {
  const { xml } = await control(
    mediaReceiverRegistrar(UDN),
    {
      serviceType: REGISTRAR,
      soapAction: undefined,
      body: Buffer.from(soapBody(serviceType, action, args)),
      baseUrl: 'http://10.0.0.1:1',
      renderer: DEFAULT_PROFILE,
    },
    silentLogger(),
  )
  return xml
}

it.each(['IsAuthorized', 'IsValidated'])('%s is 1 for every device', async (action) => {
  expect(await outputsOf(await invoke(action, { DeviceID: '' }))).toEqual({ Result: '1' })
  expect(await outputsOf(await invoke(action, { DeviceID: 'x' }))).toEqual({ Result: '1' })
  expect(faultCodeOf(await invoke(action))).toBe(402)
})

it('registers every device and says with whom', async () => {
  const xml = await invoke('RegisterDevice', { RegistrationReqMsg: 'AAAA' })
  expect(await outputsOf(xml)).toEqual({ RegistrationRespMsg: UDN })
})

it('is known under the hyphen that UPnP asks for, too', async () => {
  const hyphenated = REGISTRAR.replace('microsoft.com', 'microsoft-com')
  const xml = await invoke('IsAuthorized', { DeviceID: '' }, hyphenated)
  expect(await outputsOf(xml)).toEqual({ Result: '1' })
  expect(xml).toContain(`xmlns:u="${hyphenated}"`)
})

it('events four variables', () => {
  expect([...mediaReceiverRegistrar(UDN).stateVariables()]).toEqual([
    ['AuthorizationGrantedUpdateID', '0'],
    ['AuthorizationDeniedUpdateID', '0'],
    ['ValidationSucceededUpdateID', '0'],
    ['ValidationRevokedUpdateID', '0'],
  ])
})

import { expect, it } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { control } from '../../../src/upnp/control/control.ts'
import { DEFAULT_PROFILE } from '../../../src/upnp/renderers/renderer-profile.ts'
import { sourceProtocolInfoFor } from '../../../src/upnp/renderers/resource-info.ts'
import { connectionManager } from '../../../src/upnp/services/connection-manager.ts'
import { CONNECTION_MANAGER, faultCodeOf, outputsOf, soapBody } from '../../helpers/soap-request.ts'

async function invoke(
  action: string,
  args: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { xml } = await control(
    connectionManager(),
    {
      serviceType: CONNECTION_MANAGER,
      soapAction: undefined,
      body: Buffer.from(soapBody(CONNECTION_MANAGER, action, args)),
      baseUrl: 'http://10.0.0.1:1',
      renderer: DEFAULT_PROFILE,
    },
    silentLogger(),
  )
  return xml
}

it('is a source of what can be streamed and a sink of nothing', async () => {
  const outputs = await outputsOf(await invoke('GetProtocolInfo'))
  expect(outputs).toEqual({ Source: sourceProtocolInfoFor(DEFAULT_PROFILE), Sink: '' })
  expect(outputs.Source).toMatch(/^(http-get:\*:[^:,]+:[^:,]+)(,http-get:\*:[^:,]+:[^:,]+)+$/)
})

it('has one connection', async () => {
  expect(await outputsOf(await invoke('GetCurrentConnectionIDs'))).toEqual({ ConnectionIDs: '0' })
  const xml = await invoke('GetCurrentConnectionInfo', { ConnectionID: '0' })
  expect(Object.entries(await outputsOf(xml))).toEqual([
    ['RcsID', '-1'],
    ['AVTransportID', '-1'],
    ['ProtocolInfo', ''],
    ['PeerConnectionManager', ''],
    ['PeerConnectionID', '-1'],
    ['Direction', 'Output'],
    ['Status', 'OK'],
  ])
})

it.each([
  [706, '1'],
  [706, '-1'],
  [402, ''],
  [402, 'zero'],
  [402, '2147483648'],
])('answers %i for connection %j', async (code, ConnectionID) => {
  expect(faultCodeOf(await invoke('GetCurrentConnectionInfo', { ConnectionID }))).toBe(code)
})

it('prepares no connection', async () => {
  expect(faultCodeOf(await invoke('PrepareForConnection'))).toBe(401)
})

it('events three variables', () => {
  expect([...connectionManager().stateVariables()]).toEqual([
    ['SourceProtocolInfo', sourceProtocolInfoFor(DEFAULT_PROFILE)],
    ['SinkProtocolInfo', ''],
    ['CurrentConnectionIDs', '0'],
  ])
})

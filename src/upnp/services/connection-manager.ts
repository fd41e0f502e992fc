import type { ActionArguments } from '../control/action-arguments.ts'
import type { Action, Service } from '../control/service.ts'
import type { Outputs } from '../control/soap.ts'
import { UpnpError } from '../control/upnp-error.ts'
import { DEFAULT_PROFILE } from '../renderers/renderer-profile.ts'
import { sourceProtocolInfoFor } from '../renderers/resource-info.ts'

/** The one connection there is without PrepareForConnection (ConnectionManager:1, 2.4.3). */
const CONNECTION_ID = 0

const UNKNOWN_ID = -1

/** ConnectionManager:1 of a server: it is a source of everything and a sink of nothing. */
export function connectionManager(): Service {
  return {
    actions: new Map<string, Action>([
      [
        'GetProtocolInfo',
        (_args, { renderer }) =>
          [
            ['Source', sourceProtocolInfoFor(renderer)],
            ['Sink', ''],
          ] as const,
      ],
      ['GetCurrentConnectionIDs', () => [['ConnectionIDs', CONNECTION_ID]]],
      ['GetCurrentConnectionInfo', currentConnectionInfo],
    ]),
    failureCode: 501,
    minEventIntervalMs: 0,
    stateVariables: () =>
      new Map([
        ['SourceProtocolInfo', sourceProtocolInfoFor(DEFAULT_PROFILE)],
        ['SinkProtocolInfo', ''],
        ['CurrentConnectionIDs', String(CONNECTION_ID)],
      ]),
  }
}

function currentConnectionInfo(args: ActionArguments): Outputs {
  const id = args.i4('ConnectionID')
  if (id !== CONNECTION_ID) throw new UpnpError(706, `no connection ${id}`)
  return [
    ['RcsID', UNKNOWN_ID],
    ['AVTransportID', UNKNOWN_ID],
    ['ProtocolInfo', ''],
    ['PeerConnectionManager', ''],
    ['PeerConnectionID', UNKNOWN_ID],
    ['Direction', 'Output'],
    ['Status', 'OK'],
  ]
}

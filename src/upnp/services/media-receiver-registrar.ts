import type { ActionArguments } from '../control/action-arguments.ts'
import type { Action, Service } from '../control/service.ts'
import type { Outputs } from '../control/soap.ts'
import type { Udn } from '../description/names.ts'

/** How often each list of devices has changed: never, since every device is welcome. */
const UPDATE_IDS = [
  'AuthorizationGrantedUpdateID',
  'AuthorizationDeniedUpdateID',
  'ValidationSucceededUpdateID',
  'ValidationRevokedUpdateID',
]

/** X_MS_MediaReceiverRegistrar:1 (MS-DLNHND): Xbox 360 and Windows Media Player ask before they browse. */
export function mediaReceiverRegistrar(udn: Udn): Service {
  return {
    actions: new Map<string, Action>([
      ['IsAuthorized', welcome],
      ['IsValidated', welcome],
      ['RegisterDevice', (args) => registerDevice(args, udn)],
    ]),
    failureCode: 501,
    minEventIntervalMs: 0,
    stateVariables: () => new Map(UPDATE_IDS.map((name) => [name, '0'])),
  }
}

function welcome(args: ActionArguments): Outputs {
  args.text('DeviceID')
  return [['Result', 1]]
}

/** Who has registered the device; nothing is encrypted for it. */
function registerDevice(args: ActionArguments, udn: Udn): Outputs {
  args.text('RegistrationReqMsg')
  return [['RegistrationRespMsg', udn]]
}

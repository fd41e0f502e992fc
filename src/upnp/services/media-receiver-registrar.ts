import type { ActionArguments } from '../control/action-arguments.ts'
import type { Action, Service } from '../control/service.ts'
import type { Outputs } from '../control/soap.ts'

/** How often each list of devices has changed: never, since every device is welcome. */
const UPDATE_IDS = [
  'AuthorizationGrantedUpdateID',
  'AuthorizationDeniedUpdateID',
  'ValidationSucceededUpdateID',
  'ValidationRevokedUpdateID',
]

/** X_MS_MediaReceiverRegistrar:1 (MS-DLNHND): Xbox 360 and Windows Media Player ask before they browse. */
export function mediaReceiverRegistrar(): Service {
  return {
    actions: new Map<string, Action>([
      ['IsAuthorized', welcome],
      ['IsValidated', welcome],
      ['RegisterDevice', registerDevice],
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

/** Nothing to tell in the answer, because nothing is encrypted for the device. */
function registerDevice(args: ActionArguments): Outputs {
  args.text('RegistrationReqMsg')
  return [['RegistrationRespMsg', '']]
}

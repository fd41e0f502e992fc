import type { Logger } from '../../log.ts'
import { storageErrorIn } from '../../storage-error.ts'
import { ActionArguments } from './action-arguments.ts'
import type { ActionContext, Service } from './service.ts'
import { parseSoapAction, soapFault, soapResponse } from './soap.ts'
import { UpnpError } from './upnp-error.ts'

export interface ControlRequest extends ActionContext {
  /** Of the service whose control URL the request came to. */
  readonly serviceType: string
  /** The SOAPACTION header. */
  readonly soapAction: string | undefined
  readonly body: Uint8Array
}

export interface ControlAnswer {
  readonly status: 200 | 500
  /** A SOAP envelope. */
  readonly xml: string
}

/**
 * Answers one invocation of an action (UPnP Device Architecture 1.0, chapter 3, Control). It never
 * rejects: whatever goes wrong is a fault.
 */
export async function control(
  service: Service,
  request: ControlRequest,
  log: Logger,
): Promise<ControlAnswer> {
  try {
    return { status: 200, xml: await invoke(service, request) }
  } catch (error) {
    const notStored = storageFault(error)
    const fault =
      error instanceof UpnpError
        ? error
        : (notStored ?? new UpnpError(service.failureCode, 'the action failed', { cause: error }))
    const { soapAction } = request
    if (fault === error) log.debug({ err: fault, soapAction }, 'refused an action')
    else if (fault === notStored) log.warn({ soapAction, reason: fault.message }, 'not stored')
    else log.error({ err: fault, soapAction }, 'an action failed')
    return { status: 500, xml: soapFault(fault) }
  }
}

/**
 * For what could not be stored, which names no path, as anybody on the LAN may ask; `null` for all else. A full disk may
 * have room later; nothing but an owner helps against all else.
 */
function storageFault(error: unknown): UpnpError | null {
  const storage = storageErrorIn(error)
  if (storage === null) return null
  const { fault, what, reason, message } = storage
  const detail = `${what} could not be stored: ${reason}`
  return new UpnpError(fault === 'full' ? 603 : 501, message, { detail, cause: error })
}

async function invoke(service: Service, request: ControlRequest): Promise<string> {
  const { serviceType, soapAction, body, baseUrl, sign, renderer } = request
  const { serviceTypes, name, args } = await parseSoapAction(soapAction, body)
  for (const type of serviceTypes) {
    if (comparable(type) !== comparable(serviceType)) {
      throw new UpnpError(401, `${type} is not the service here`)
    }
  }
  const action = service.actions.get(name)
  if (action === undefined) throw new UpnpError(401, `no action ${name}`)
  const outputs = await action(new ActionArguments(args), { baseUrl, sign, renderer })
  // A control point that speaks a later version of the service wants its own words back.
  return soapResponse(serviceTypes[0]?.trim() ?? serviceType, name, outputs)
}

/** Without its version and in one case; a dot in a vendor's domain is a hyphen in types (UDA 1.0, 2.1), but for Microsoft's own. */
function comparable(serviceType: string): string {
  return serviceType
    .trim()
    .toLowerCase()
    .replace(/:\d{1,3}(\.\d{1,3})?$/, '')
    .replace(/^urn:microsoft-com:/, 'urn:microsoft.com:')
}

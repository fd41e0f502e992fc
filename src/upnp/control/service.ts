import type { RendererProfile } from '../renderers/renderer-profile.ts'
import type { ActionArguments } from './action-arguments.ts'
import type { Outputs } from './soap.ts'
import type { UpnpErrorCode } from './upnp-error.ts'

/** What an action may know besides its arguments. */
export interface ActionContext {
  /** Scheme, address and port that the request came in on, without a slash at the end. */
  readonly baseUrl: string
  /** Makes a path one that is read without a password; absent where none is needed. */
  readonly sign?: ((path: string) => string) | undefined
  /** Who invoked it. */
  readonly renderer: RendererProfile
}

/** Reads its arguments and answers, or throws UpnpError; what takes time is done in slices. */
export type Action = (args: ActionArguments, context: ActionContext) => Outputs | Promise<Outputs>

/** What one service of the device does: what can be invoked and what is evented. */
export interface Service {
  readonly actions: ReadonlyMap<string, Action>
  /** What a control point is told when an action fails unexpectedly. */
  readonly failureCode: UpnpErrorCode
  /** Between two events to one subscriber, at least; ms, 0 where the service moderates nothing. */
  readonly minEventIntervalMs: number
  /**
   * The evented state variables with their values now, in the order of the service description.
   *
   * @param told - What the subscriber was told last, for a variable that says what has changed since.
   */
  stateVariables(told?: ReadonlyMap<string, string>): ReadonlyMap<string, string>
}

import type { SoapArgument } from './soap.ts'
import { UpnpError } from './upnp-error.ts'

const UI4_MAX = 2 ** 32 - 1
const I4_MAX = 2 ** 31 - 1

/**
 * The input arguments of one invocation, read by name, in any order. What is missing, sent twice or of
 * the wrong type is a UpnpError 402; what nobody reads is ignored, because control points add their own.
 */
export class ActionArguments {
  readonly #args: readonly SoapArgument[]

  constructor(args: readonly SoapArgument[]) {
    this.#args = args
  }

  /** @param alias - Another name that some control points send it under; counts where `name` is empty. */
  text(name: string, alias = name): string {
    const named = this.#args.filter((argument) => argument.name === name)
    const aliased = alias === name ? [] : this.#args.filter((argument) => argument.name === alias)
    const isNamed = named.some(({ value }) => value.trim() !== '') || aliased.length === 0
    const found = isNamed ? named : aliased
    const [argument] = found
    if (argument === undefined) throw new UpnpError(402, `${name} is missing`)
    if (found.length > 1) throw new UpnpError(402, `${name} was sent ${found.length} times`)
    return argument.value
  }

  /** As `text`; `fallback` where it is missing. @param alias - As for `text`. */
  optionalText(name: string, fallback: string, alias = name): string {
    const isThere = this.#args.some((argument) => [name, alias].includes(argument.name))
    return isThere ? this.text(name, alias) : fallback
  }

  /** One of the values that the service description allows. */
  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const text = this.text(name).trim()
    const value = values.find((candidate) => candidate === text)
    if (value === undefined) throw new UpnpError(402, `${name} is ${JSON.stringify(text)}`)
    return value
  }

  /** A whole number from 0 to 2^32 - 1. */
  ui4(name: string): number {
    return this.#integer(name, /^\d{1,10}$/, UI4_MAX)
  }

  /** As `ui4`; `fallback` where it is missing or empty. */
  optionalUi4(name: string, fallback: number): number {
    return this.optionalText(name, '').trim() === '' ? fallback : this.ui4(name)
  }

  /** A whole number from -2^31 to 2^31 - 1. */
  i4(name: string): number {
    return this.#integer(name, /^-?\d{1,10}$/, I4_MAX)
  }

  #integer(name: string, spelling: RegExp, max: number): number {
    const text = this.text(name).trim()
    const value = Number(text)
    if (!spelling.test(text) || value > max || value < -max - 1) {
      throw new UpnpError(402, `${name} is ${JSON.stringify(text)}`)
    }
    return value
  }
}

import type { z } from 'zod'

/**
 * `value`: takes an argument, once. `list`: takes an argument, repeatable; comma-separated in the
 * environment. `on`: a switch that is off by default. `off`: a switch that is on by default and is
 * therefore shown as `--no-<name>`.
 */
export type OptionKind = 'value' | 'list' | 'on' | 'off'

export interface Option {
  readonly name: string
  readonly short?: string
  readonly kind: OptionKind
  readonly argument?: string
  /** All that the argument may be. */
  readonly choices?: readonly string[]
  readonly help: string
  /** Shown behind the help text; the value itself is the rule's. */
  readonly fallback?: string
}

/** One that is read into the configuration of a server. */
export interface CheckedOption extends Option {
  /** From text, a list of texts or whether a switch is on, to what the program means by it. */
  readonly rule: z.ZodType
}

/** The rules of some options by their names, as zod has them for an object. */
export type RulesOf<Options extends readonly CheckedOption[]> = {
  readonly [One in Options[number] as One['name']]: One['rule']
}

/** What some options have become, by their names. */
export type ValuesOf<Options extends readonly CheckedOption[]> = z.output<
  z.ZodObject<RulesOf<Options>>
>

/** `--peer-port`; a switch that is on by default is asked for by its negative, `--no-dht`. */
export function flagOf({ name, kind }: Pick<Option, 'name' | 'kind'>): string {
  return kind === 'off' ? `--no-${name}` : `--${name}`
}

/** `TRIBUTARY_PEER_PORT`, `TRIBUTARY_NO_DHT`. */
export function variableOf(option: Pick<Option, 'name' | 'kind'>): string {
  return `TRIBUTARY_${flagOf(option).slice(2).replaceAll('-', '_').toUpperCase()}`
}

import { ConfigError } from './config-error.ts'
import { type Option, variableOf } from './options/option.ts'
import { OPTIONS } from './options.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * What the environment says about an option, as the command line would; `undefined` for nothing. An
 * empty variable counts as unset: that is what `${X:-}` in a compose file leaves. Throws `ConfigError`.
 */
export function fromEnvironment(
  option: Option,
  env: Environment,
): string | readonly string[] | boolean | undefined {
  const variable = variableOf(option)
  const text = env[variable] ?? ''
  if (text === '') return undefined
  if (option.kind === 'value') return text
  if (option.kind === 'list') return text.split(',').map((entry) => entry.trim())
  const isSet = SWITCH_WORDS.get(text.toLowerCase())
  if (isSet === undefined) throw new ConfigError(`${variable} must be 1 or 0, not "${text}"`)
  return option.kind === 'off' ? !isSet : isSet
}

const SWITCH_WORDS: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['yes', true],
  ['on', true],
  ['0', false],
  ['false', false],
  ['no', false],
  ['off', false],
])

/**
 * Of variables that look like ours and are not, because other programs may set them, and of those that
 * send other programs by a proxy.
 */
export function environmentWarnings(env: Environment): readonly string[] {
  return [
    ...unknownVariables(env).map((variable) => `${variable} is not an option of Tributary`),
    ...proxyVariables(env).map(
      (variable) => `${variable} is not used: peers and trackers see the real address (--bind)`,
    ),
  ]
}

function unknownVariables(env: Environment): string[] {
  const known = new Set((OPTIONS as readonly Option[]).map(variableOf))
  return Object.keys(env).filter((key) => key.startsWith('TRIBUTARY_') && !known.has(key))
}

/** As curl, and what is made with it, knows them. Their values may have passwords in them. */
function proxyVariables(env: Environment): string[] {
  return Object.keys(env).filter(
    (key) => /^(all|socks|https?)_proxy$/i.test(key) && env[key] !== '',
  )
}

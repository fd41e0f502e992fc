import type { z } from 'zod'
import { type Arguments, splitArguments } from './arguments.ts'
import { ConfigError } from './config-error.ts'
import { type ConfigValues, configSchema } from './config-schema.ts'
import { type Environment, environmentWarnings, fromEnvironment } from './environment.ts'
import { type AccessConfig, accessConfig } from './options/access-options.ts'
import { type AnnouncingConfig, announcingConfig } from './options/announcing-options.ts'
import { type DownloadConfig, downloadConfig } from './options/download-options.ts'
import { type LibraryConfig, libraryConfig } from './options/library-options.ts'
import { type LimitConfig, limitConfig } from './options/limit-options.ts'
import { flagOf, variableOf } from './options/option.ts'
import { type PeerConfig, peerConfig } from './options/peer-options.ts'
import { type ProgramConfig, programConfig } from './options/program-options.ts'
import { type ServerConfig, serverConfig } from './options/server-options.ts'
import { type SwarmConfig, swarmConfig } from './options/swarm-options.ts'
import { OPTIONS, type OptionName, type ServerOption } from './options.ts'

/** Everything a server is told from outside, already checked. */
export interface Config
  extends ServerConfig,
    AnnouncingConfig,
    LibraryConfig,
    PeerConfig,
    LimitConfig,
    SwarmConfig,
    DownloadConfig,
    AccessConfig,
    ProgramConfig {
  /** As given: magnets, URLs, paths, info hashes. */
  readonly torrents: readonly string[]
  /** Options that the command line or the environment named. */
  readonly given: ReadonlySet<OptionName>
}

export type Command =
  | { readonly kind: 'run'; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }

/**
 * Reads the command line (without node and script) and the environment; argv wins. Throws
 * `ConfigError`.
 */
export function parseConfig(argv: readonly string[], env: Environment): Command {
  const given = splitArguments(argv, OPTIONS)
  if (given.values.help === true) return { kind: 'help' }
  if (given.values.version === true) return { kind: 'version' }
  const config = readConfig(OPTIONS, given, env)
  return { kind: 'run', config, warnings: environmentWarnings(env) }
}

/** Text of options that count where neither the command line nor the environment says anything. */
export type OtherDefaults = Readonly<Partial<Record<string, string>>>

/**
 * What the command line and the environment say about some of the options of a server; all others
 * are as if nobody had said anything. Throws `ConfigError`.
 */
export function readConfig(
  options: readonly ServerOption[],
  { values, positionals }: Arguments,
  env: Environment,
  defaults: OtherDefaults = {},
): Config {
  const raw: Record<string, unknown> = { ...defaults }
  const sources: Record<string, string> = {}
  const given = new Set<OptionName>()
  for (const option of options) {
    const argument = values[option.name]
    const value = argument ?? fromEnvironment(option, env)
    if (value === undefined) continue
    raw[option.name] = value
    sources[option.name] = argument === undefined ? variableOf(option) : flagOf(option)
    given.add(option.name)
  }
  const result = configSchema.safeParse(raw)
  if (!result.success) throw configError(result.error, sources)
  return { ...valuesOf(result.data), torrents: positionals, given }
}

function valuesOf(values: ConfigValues): Omit<Config, 'torrents' | 'given'> {
  return {
    ...serverConfig(values),
    ...announcingConfig(values),
    ...libraryConfig(values),
    ...peerConfig(values),
    ...limitConfig(values),
    ...swarmConfig(values),
    ...downloadConfig(values),
    ...accessConfig(values),
    ...programConfig(values),
  }
}

/** @param sources - What named each option: its flag, or its variable. */
function configError(error: z.ZodError, sources: Readonly<Record<string, string>>): ConfigError {
  const [issue] = error.issues
  const option = String(issue?.path[0])
  return new ConfigError(`${sources[option] ?? option} ${issue?.message ?? 'is invalid'}`)
}

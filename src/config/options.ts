import { ACCESS_OPTIONS } from './options/access-options.ts'
import { ANNOUNCING_OPTIONS } from './options/announcing-options.ts'
import { DOWNLOAD_OPTIONS } from './options/download-options.ts'
import { LIBRARY_OPTIONS } from './options/library-options.ts'
import { LIMIT_OPTIONS } from './options/limit-options.ts'
import type { CheckedOption } from './options/option.ts'
import { PEER_OPTIONS } from './options/peer-options.ts'
import { PROGRAM_OPTIONS } from './options/program-options.ts'
import { SERVER_OPTIONS } from './options/server-options.ts'
import { SWARM_OPTIONS } from './options/swarm-options.ts'

/** The one table: argv, environment, --help and the README's table come from it, in this order. */
export const OPTIONS = [
  ...SERVER_OPTIONS,
  ...ANNOUNCING_OPTIONS,
  ...LIBRARY_OPTIONS,
  ...PEER_OPTIONS,
  ...LIMIT_OPTIONS,
  ...SWARM_OPTIONS,
  ...DOWNLOAD_OPTIONS,
  ...ACCESS_OPTIONS,
  ...PROGRAM_OPTIONS,
] as const satisfies readonly CheckedOption[]

/** An option of the server. */
export type ServerOption = (typeof OPTIONS)[number]

export type OptionName = ServerOption['name']

import { z } from 'zod'
import { checkAccess } from './options/access-options.ts'
import { checkAnnouncing } from './options/announcing-options.ts'
import { checkDownload } from './options/download-options.ts'
import type { RulesOf } from './options/option.ts'
import { checkSwarm } from './options/swarm-options.ts'
import { OPTIONS } from './options.ts'

/** The names are the options' own, each once. */
const rules = Object.fromEntries(OPTIONS.map(({ name, rule }) => [name, rule])) as RulesOf<
  typeof OPTIONS
>

/** The options by their long names, from text to what the program means by them. */
export const configSchema = z.strictObject(rules).superRefine((values, context) => {
  for (const check of [checkAnnouncing, checkSwarm, checkDownload, checkAccess]) {
    check(values, context)
  }
})

export type ConfigValues = z.output<typeof configSchema>

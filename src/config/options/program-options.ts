import { z } from 'zod'
import { LOG_LEVELS, type LogLevel } from '../../log.ts'
import type { CheckedOption, ValuesOf } from './option.ts'
import { filled, oneOf } from './rules.ts'

/** How the program itself runs, and what it tells of that. */
export interface ProgramConfig {
  /** Folder for what renderers ask; `null`: it is not recorded. */
  readonly record: string | null
  readonly demo: boolean
  readonly logLevel: LogLevel
  /** `null`: text on a terminal, JSON elsewhere. */
  readonly logFormat: (typeof LOG_FORMATS)[number] | null
}

const LOG_FORMATS = ['text', 'json'] as const

export const PROGRAM_OPTIONS = [
  {
    name: 'record',
    kind: 'value',
    argument: 'folder',
    help: 'write what renderers ask into this folder, without addresses',
    rule: filled.optional(),
  },
  {
    name: 'demo',
    kind: 'on',
    help: 'bundled clips from a local peer',
    rule: z.boolean().default(false),
  },
  {
    name: 'log-level',
    kind: 'value',
    argument: 'level',
    choices: LOG_LEVELS,
    help: 'silent, fatal, error, warn, info, debug or trace',
    fallback: 'info',
    rule: oneOf(LOG_LEVELS).default('info'),
  },
  {
    name: 'log-format',
    kind: 'value',
    argument: 'form',
    choices: LOG_FORMATS,
    help: 'text (for people) or json (one object a line)',
    fallback: 'text on a terminal',
    rule: oneOf(LOG_FORMATS).optional(),
  },
] as const satisfies readonly CheckedOption[]

export function programConfig(values: ValuesOf<typeof PROGRAM_OPTIONS>): ProgramConfig {
  return {
    record: values.record ?? null,
    demo: values.demo,
    logLevel: values['log-level'],
    logFormat: values['log-format'] ?? null,
  }
}

import type { z } from 'zod'
import { CliError } from './cli-error.ts'

/** What a server answered, where it is what ours answer. Throws CliError. */
export function readAnswer<T>(schema: z.ZodType<T>, answer: unknown, url: string): T {
  const parsed = schema.safeParse(answer)
  if (!parsed.success) throw new CliError(`what answers at ${url} is no Tributary`)
  return parsed.data
}

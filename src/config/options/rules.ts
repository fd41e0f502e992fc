import { z } from 'zod'

/** Text of at least one character. */
export const filled = z.string().min(1, 'must not be empty')

/** `least` and `most` are inclusive; `unit` is told where the text is none of these. */
export function wholeNumber({
  least,
  most,
  unit = '',
}: {
  readonly least: number
  readonly most: number
  readonly unit?: string
}): z.ZodType<number, string> {
  const digits = String(most).length
  const rule = `must be a whole number ${unit === '' ? '' : `of ${unit} `}from ${least} to ${most}`
  return z.string().transform((text, context) => {
    const value = Number(text)
    const isNumber = /^\d+$/.test(text) && text.length <= digits
    return isNumber && value >= least && value <= most ? value : refuse(context, rule, text)
  })
}

/** 0 asks the system for a free one. */
export const port = wholeNumber({ least: 0, most: 65_535 })

export function oneOf<const T extends readonly [string, ...string[]]>(
  words: T,
): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(words, {
    error: (issue) => `must be one of ${words.join(', ')}, not ${JSON.stringify(issue.input)}`,
  })
}

/** @param rule - What the value must be, as it is told behind the name of the option. */
export function refuse(context: z.RefinementCtx, rule: string, value: string): never {
  context.addIssue({ code: 'custom', message: `${rule}, not ${JSON.stringify(value)}` })
  return z.NEVER
}

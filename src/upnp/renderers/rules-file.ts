import { isIP } from 'node:net'
import { z } from 'zod'
import { plainAddress } from '../../ip-address.ts'
import { parseLanguage } from '../../media/subtitles/language.ts'
import type { RendererOverride } from './renderers.ts'

const MAX_ENTRIES = 1_000

const FORMATS = [
  'mkv',
  'avi',
  'divx',
  'ts',
  'm2ts',
  'mp4',
  'mov',
  'flac',
  'wav',
  'm4a',
  'srt',
] as const

const mimeType = z.string().regex(/^[\w.+-]+\/[\w.+;=-]+$/, 'must be a MIME type')

/** A character of HTTP headers and XML is asked for, so that no entry can break an answer. */
const printable = z.string().regex(/^[\x20-\x7e]{0,8}$/, 'must be up to 8 ASCII characters')

const language = z.string().transform((text, context) => {
  const tag = parseLanguage(text)
  if (tag !== null) return tag
  context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is no language` })
  return z.NEVER
})

const changes = z.strictObject({
  mimeTypes: z.partialRecord(z.enum(FORMATS), mimeType).exactOptional(),
  contentFeatures: z.enum(['full', 'none']).exactOptional(),
  profileNames: z.boolean().exactOptional(),
  alsoAs: z.record(z.string(), z.array(z.string().regex(/^[A-Z\d_]{1,64}$/))).exactOptional(),
  convertedFlag: z.union([z.literal(0), z.literal(1)]).exactOptional(),
  sortOrder: z.enum(['asked', 'ours']).exactOptional(),
  date: z.boolean().exactOptional(),
  asciiTitles: z.boolean().exactOptional(),
  titleDot: z.boolean().exactOptional(),
  numberedTitles: z.boolean().exactOptional(),
  titleCharacters: z.record(z.string().min(1).max(8), printable).exactOptional(),
  plainClasses: z.boolean().exactOptional(),
  strictEscapes: z.boolean().exactOptional(),
  versionedIds: z.boolean().exactOptional(),
  samsungCapabilities: z.boolean().exactOptional(),
  featureFolders: z.enum(['categories', 'root']).exactOptional(),
  windowsMediaConnect: z.boolean().exactOptional(),
  dcmInfo: z.boolean().exactOptional(),
  bookmarkUnit: z.enum(['seconds', 'milliseconds']).exactOptional(),
  captions: z
    .strictObject({
      res: z.boolean().exactOptional(),
      captionInfoEx: z.boolean().exactOptional(),
      pvAttributes: z.boolean().exactOptional(),
      header: z.enum(['asked', 'always', 'never']).exactOptional(),
      byteOrderMark: z.boolean().exactOptional(),
      languages: z.array(language).max(8).exactOptional(),
    })
    .exactOptional(),
  albumArt: z
    .array(z.enum(['JPEG_TN', 'JPEG_SM']))
    .max(2)
    .exactOptional(),
  pictureRes: z.boolean().exactOptional(),
  pushMetadata: z.enum(['full', 'none']).exactOptional(),
})

const address = z.string().transform((text, context) => {
  if (isIP(text) !== 0) return plainAddress(text)
  context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is no IP address` })
  return z.NEVER
})

/**
 * Reads a rules file: JSON with a list `renderers` of `{ address, rule, set }`. Throws an Error that
 * names the first entry and field that is wrong.
 *
 * @param ruleIds - Those that an entry may name.
 */
export function parseRulesFile(
  text: string,
  ruleIds: ReadonlySet<string>,
): readonly RendererOverride[] {
  const entry = z.strictObject({
    address,
    rule: z
      .string()
      .refine((id) => ruleIds.has(id), {
        error: (issue) => `no rule ${JSON.stringify(issue.input)}`,
      })
      .exactOptional(),
    set: changes.exactOptional(),
  })
  const file = z.strictObject({ renderers: z.array(entry).max(MAX_ENTRIES) })
  const result = file.safeParse(JSON.parse(text))
  if (result.success) return result.data.renderers
  const [issue] = result.error.issues
  throw new Error(`${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'is invalid'}`)
}

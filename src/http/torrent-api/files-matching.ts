import { RE2JS } from 're2js'
import { inTurns } from '../../concurrency/in-turns.ts'
import { ApiError } from '../messages/api-error.ts'

/** Longer than anybody writes. */
const MAX_PATTERN_CHARACTERS = 1_000

/**
 * Indices of the files whose path (components joined by `/`) a regular expression finds something in.
 * In linear time, whatever the expression. Rejects with ApiError 400 where it is none, and where it finds
 * no file.
 */
export async function filesMatching(
  files: readonly { readonly index: number; readonly components: readonly string[] }[],
  pattern: string,
): Promise<number[]> {
  const expression = compiled(pattern)
  const matching: number[] = []
  await inTurns(files, ({ index, components }) => {
    if (expression.matcher(components.join('/')).find()) matching.push(index)
  })
  if (matching.length > 0) return matching
  throw new ApiError(400, 'error adding torrent: none of the filenames match the given regex')
}

function compiled(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN_CHARACTERS) {
    throw new ApiError(400, `only_files_regex has more than ${MAX_PATTERN_CHARACTERS} characters`)
  }
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw notAnExpression(error)
  }
}

function notAnExpression(cause: unknown): ApiError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message = `error adding torrent: filename regex is incorrect: ${reason}`
  return new ApiError(400, message, { cause })
}

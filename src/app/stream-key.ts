import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { AtomicFile } from '../atomic-file.ts'

const KEY_BYTES = 32

/**
 * The key of signed URLs, kept in `folder` and made at the first call: with a new one at each start
 * TVs could no longer play what they have listed. What is there and is no key is replaced. Rejects
 * if the folder cannot be written.
 */
export async function readOrCreateStreamKey(folder: string): Promise<Uint8Array> {
  const file = new AtomicFile(join(folder, 'stream-key'))
  const known = await file.read().catch(() => null)
  if (known?.length === KEY_BYTES) return known
  const key = randomBytes(KEY_BYTES)
  await file.write(key)
  return key
}

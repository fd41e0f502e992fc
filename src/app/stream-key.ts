import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { AtomicFile } from '../atomic-file.ts'
import type { Logger } from '../log.ts'

const KEY_BYTES = 32

/**
 * The key of signed URLs, kept in `folder` and made at the first call: with a new one at each start
 * TVs could no longer play what they have listed. What is there and is no key is replaced. Where it
 * cannot be written, as on a full disk, it is good until the next start.
 */
export async function readOrCreateStreamKey(folder: string, log: Logger): Promise<Uint8Array> {
  const file = new AtomicFile(join(folder, 'stream-key'))
  const known = await file.read().catch(() => null)
  if (known?.length === KEY_BYTES) return known
  const key = randomBytes(KEY_BYTES)
  await file
    .write(key)
    .catch((error: unknown) => log.warn({ err: error }, 'the key of signed URLs is not kept'))
  return key
}

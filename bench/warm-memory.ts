import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const CHUNK_BYTES = 268_435_456

const SCRIPT = `
const kept = []
for (let i = 0; i < Number(process.argv[1]); i++) kept.push(Buffer.alloc(${CHUNK_BYTES}, 1))
`

/**
 * Touches so many bytes of memory and frees them. A virtual machine gives free memory back to its
 * host, and each page costs a fault when it is used again: up to 2 s for a GiB of page cache, paid
 * by whichever program comes first.
 */
export async function warmMemory(bytes: number): Promise<void> {
  const chunks = Math.ceil(bytes / CHUNK_BYTES)
  await promisify(execFile)(process.execPath, ['-e', SCRIPT, `${chunks}`])
}

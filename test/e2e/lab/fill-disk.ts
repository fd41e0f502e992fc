import { open } from 'node:fs/promises'
import { join } from 'node:path'

/** Fills a small disk to its last byte. @returns the file to remove for room */
export async function fillDisk(disk: string): Promise<string> {
  const ballast = join(disk, 'ballast')
  const file = await open(ballast, 'w')
  try {
    for (const size of [65_536, 4_096, 1]) await fill(file, size)
  } finally {
    await file.close()
  }
  return ballast
}

async function fill(file: Awaited<ReturnType<typeof open>>, size: number): Promise<void> {
  try {
    for (;;) await file.appendFile(Buffer.alloc(size))
  } catch {
    // Nothing of that size fits in any more.
  }
}

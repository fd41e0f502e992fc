import * as fs from 'node:fs'
import { promisify } from 'node:util'

/** The system may take or give less than it was asked to; these go on until all is done. */

const write = promisify(fs.write)

/** Goes on until all is written. Rejects with the system's error. */
export async function writeFully(fd: number, data: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < data.length) {
    const { bytesWritten } = await write(fd, data, done, data.length - done, position + done)
    done += bytesWritten
  }
}

/** False where the file ends before. */
export function readFully(fd: number, target: Uint8Array, position: number): boolean {
  let done = 0
  while (done < target.length) {
    const count = fs.readSync(fd, target, done, target.length - done, position + done)
    if (count === 0) return false
    done += count
  }
  return true
}

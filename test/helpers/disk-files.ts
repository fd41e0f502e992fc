import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { DiskFiles } from '../../src/torrents/store/disk-files.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const FILE_LENGTH = 100

export interface DiskFilesBench {
  readonly files: DiskFiles
  readonly folder: string
  /** Writes one file, or the first bytes of it. */
  write(file: number, data: Uint8Array | string): Promise<void>
  stored(file: number): Promise<string>
  pathOf(file: number): string
}

/** Files `0/0`, `1/1` and so on of 100 bytes each, none of which is there; 'pad' is none. */
export async function openDiskFiles(count: number, pad = -1): Promise<DiskFilesBench> {
  const folder = await temporaryFolder()
  const pathOf = (file: number): string => join(folder, `${file}`, `${file}`)
  const files = new DiskFiles(
    folder,
    Array.from({ length: count }, (_, file) => {
      return {
        path: file === pad ? null : pathOf(file),
        offset: file * FILE_LENGTH,
        length: FILE_LENGTH,
      }
    }),
  )
  onTestFinished(() => files.close())
  return {
    ...{ files, folder, pathOf },
    write: (file, data) => files.write(file * FILE_LENGTH, Buffer.from(data)),
    stored: (file) => readFile(pathOf(file), 'latin1'),
  }
}

/** Is it by now, or as soon as what is under way has gone on? */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const settle = (): void => {
    settled = true
  }
  promise.then(settle, settle)
  await turn()
  return settled
}

/** What stands at an offset, or `null` where not all of it is there. */
export function read(files: DiskFiles, offset: number, length: number): string | null {
  const target = Buffer.alloc(length, '?')
  return files.read(offset, target) ? target.toString('latin1') : null
}

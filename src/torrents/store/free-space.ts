import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readFully, writeFully } from './full-io.ts'

/** Bytes of a file on the disk; `end` is exclusive. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** What is copied at once; also the least that stays a hole where all of it is zeros. */
const COPIED_BYTES = 256 * 1024

/** False once the system has turned out to have no `fallocate` that makes holes. */
let canPunch = process.platform === 'linux'

/**
 * Makes holes in an open file by the system's own program, since Node has no call for it. False where
 * the system or the file system cannot; nothing has been freed then, or some of it.
 */
export async function punchHoles(fd: number, holes: readonly Stretch[]): Promise<boolean> {
  for (const { start, end } of holes) {
    if (!canPunch) return false
    if (!(await punch(fd, start, end - start))) return false
  }
  return canPunch
}

function punch(fd: number, offset: number, length: number): Promise<boolean> {
  const what = ['--punch-hole', '--offset', String(offset), '--length', String(length)]
  return new Promise((resolve) => {
    // By its descriptor: whatever lies at its path by now is not ours.
    const child = spawn('fallocate', [...what, '/proc/self/fd/3'], {
      stdio: ['ignore', 'ignore', 'ignore', fd],
    })
    child.on('error', () => {
      canPunch = false
      resolve(false)
    })
    child.on('close', (code) => resolve(code === 0))
  })
}

/** Cuts off what is to be a hole at the end of a file, and gives it its size again. */
export function freeTail(fd: number, holes: readonly Stretch[]): readonly Stretch[] {
  const { size } = fs.fstatSync(fd)
  const last = holes.at(-1)
  if (last === undefined || last.end < size) return holes
  fs.ftruncateSync(fd, Math.min(last.start, size))
  fs.ftruncateSync(fd, size)
  return holes.slice(0, -1)
}

/** A file that is written anew without some stretches, beside the one that is used meanwhile. */
export class RewrittenFile {
  readonly #path: string
  readonly #isStopped: () => boolean

  /** `path` is on the same file system as the file. */
  constructor(path: string, isStopped: () => boolean) {
    this.#path = path
    this.#isStopped = isStopped
  }

  /** Copies all but the holes. Rejects with the system's error, or where it is stopped. */
  async begin(from: number, holes: readonly Stretch[]): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true })
    const { size, mode } = fs.fstatSync(from)
    const to = await open(this.#path, 'w', mode)
    try {
      await to.truncate(size)
      await this.#copy(from, to.fd, outside(holes, size))
    } finally {
      await to.close()
    }
  }

  /** Copies once more what has been written since, and takes the place of the file. */
  async finish(from: number, changed: readonly Stretch[], path: string): Promise<void> {
    const to = await open(this.#path, 'r+')
    try {
      await to.truncate(fs.fstatSync(from).size)
      await this.#copy(from, to.fd, changed)
      await to.sync()
    } finally {
      await to.close()
    }
    await rename(this.#path, path)
  }

  async discard(): Promise<void> {
    await rm(this.#path, { force: true })
  }

  async #copy(from: number, to: number, stretches: readonly Stretch[]): Promise<void> {
    const buffer = Buffer.alloc(COPIED_BYTES)
    const zeros = Buffer.alloc(COPIED_BYTES)
    for (const { start, end } of stretches) {
      for (let at = start; at < end; at += COPIED_BYTES) {
        if (this.#isStopped()) throw new Error('the disk worker ends')
        const part = buffer.subarray(0, Math.min(COPIED_BYTES, end - at))
        if (!readFully(from, part, at)) break
        if (part.equals(zeros.subarray(0, part.length))) continue
        await writeFully(to, part, at)
      }
    }
  }
}

/** What of a file of `size` bytes lies in none of the holes, which are in order. */
function outside(holes: readonly Stretch[], size: number): Stretch[] {
  const starts = [0, ...holes.map(({ end }) => end)]
  const ends = [...holes.map(({ start }) => start), size]
  return starts
    .map((start, index) => ({ start, end: Math.min(ends[index] ?? size, size) }))
    .filter(({ start, end }) => end > start)
}

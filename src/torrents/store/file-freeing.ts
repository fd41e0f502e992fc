import { join } from 'node:path'
import type { FileDescriptors, OpenFile } from './file-descriptors.ts'
import { fileError } from './file-fault.ts'
import { freeTail, punchHoles, RewrittenFile, type Stretch } from './free-space.ts'
import { FREEING_FOLDER, STATE_FOLDER } from './output-folder.ts'

export interface FileFreeingOptions {
  /** The data folder. */
  readonly root: string
  readonly descriptors: FileDescriptors
  /** One piece of work after another, along with the writes. */
  readonly inOrder: <T>(work: () => Promise<T>) => Promise<T>
  readonly forWriting: (index: number) => OpenFile
  /** We have written to a file, or put one in its place. */
  readonly wrote: (index: number, fd: number) => void
  /** Another that we have made takes the place of a file. */
  readonly replaced: (index: number) => void
  readonly isEnded: () => boolean
}

/** Gives stretches of files back to the file system: in place where it can, or else by a copy without them. */
export class FileFreeing {
  readonly #options: FileFreeingOptions
  /** What has been written to files that are copied meanwhile. */
  readonly #copied = new Map<number, Stretch[]>()

  constructor(options: FileFreeingOptions) {
    this.#options = options
  }

  /** A stretch of a file is written: where the file is being copied, the copy needs it too. */
  written(index: number, stretch: Stretch): void {
    this.#copied.get(index)?.push(stretch)
  }

  /** Frees stretches of a file, in order; see `DiskFiles.free`. */
  async free(index: number, holes: readonly Stretch[]): Promise<void> {
    const { root, descriptors, inOrder, forWriting, isEnded } = this.#options
    if (holes.length === 0 || this.#copied.has(index) || descriptors.look(index) === null) return
    const left = await inOrder(() => this.#freeInPlace(index, holes))
    if (left.length === 0) return
    const name = `${process.pid}-${crypto.randomUUID()}`
    const path = join(root, STATE_FOLDER, FREEING_FOLDER, name)
    const { path: place } = descriptors.about(index)
    const copy = new RewrittenFile(path, isEnded)
    const changed: Stretch[] = []
    this.#copied.set(index, changed)
    try {
      // What is written from here on is written to the copy as well, in the end.
      await inOrder(async () => {})
      const file = forWriting(index)
      await descriptors.using(file, () => copy.begin(file.fd, left))
      await inOrder(async () => {
        if (descriptors.about(index).path === place) await this.#replaceBy(copy, index, changed)
        else await copy.discard()
      })
    } catch (error) {
      await copy.discard()
      throw fileError(descriptors.about(index), error)
    } finally {
      this.#copied.delete(index)
    }
  }

  /** What is left to be freed where it cannot be done in place. */
  async #freeInPlace(index: number, holes: readonly Stretch[]): Promise<readonly Stretch[]> {
    const { descriptors, forWriting, wrote } = this.#options
    const file = forWriting(index)
    return await descriptors.using(file, async () => {
      const inside = freeTail(file.fd, holes)
      const isDone = inside.length === 0 || (await punchHoles(file.fd, inside))
      wrote(index, file.fd)
      return isDone ? [] : inside
    })
  }

  async #replaceBy(copy: RewrittenFile, index: number, changed: readonly Stretch[]): Promise<void> {
    const { descriptors, forWriting, wrote, replaced } = this.#options
    const { path } = descriptors.about(index)
    const file = forWriting(index)
    await descriptors.using(file, () => copy.finish(file.fd, changed, path))
    descriptors.close(index)
    replaced(index)
    wrote(index, forWriting(index).fd)
  }
}

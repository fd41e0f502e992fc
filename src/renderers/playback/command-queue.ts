import { OneByOne } from '../../concurrency/one-by-one.ts'
import { RendererError } from '../wire/renderer-error.ts'

/** Commands that wait for a renderer, the one under way among them. */
const MOST_COMMANDS = 8

/** One thing at a time is told to a renderer: most mix up two. */
export class CommandQueue {
  readonly #inOrder = new OneByOne<'all'>()
  #waiting = 0

  get isIdle(): boolean {
    return this.#waiting === 0
  }

  /** Rejects as `work` does, or with RendererError `busy` where too much waits. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= MOST_COMMANDS) {
      throw new RendererError('busy', 'is still busy with what it was told before')
    }
    this.#waiting++
    try {
      return await this.#inOrder.run('all', work)
    } finally {
      this.#waiting--
    }
  }
}

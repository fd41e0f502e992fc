import type * as nodeFs from 'node:fs'
import { basename } from 'node:path'

type Fs = typeof nodeFs
type Kind = 'write' | 'fsync'
type Call = (...args: unknown[]) => unknown
type Callback = (error: Error | null, ...results: unknown[]) => void

/** A call that does not reach the system before it is let go. */
export interface HeldCall {
  readonly reached: Promise<void>
  release(): void
}

/** The file system as a module sees it whose `node:fs` is `watched()`: all notes, at times a fault. */
export class WatchedSystem {
  /** What was asked and what was done, with the last component of the path. */
  readonly log: string[] = []
  /** The system takes no more than so many bytes of a write. */
  mostBytes = Number.POSITIVE_INFINITY
  readonly #open = new Map<number, string>()
  #failing: { readonly kind: Kind; readonly code: string; left: number } | null = null
  #held: { readonly kind: Kind; left: number; take(go: () => void): void } | null = null

  /** Names of the files that are open. */
  get open(): string[] {
    return [...this.#open.values()]
  }

  reset(): void {
    this.log.length = 0
    this.mostBytes = Number.POSITIVE_INFINITY
    this.#failing = null
    this.#held = null
  }

  /** Fails one call of a kind: the next, or the one that comes as the `nth`. */
  fail(kind: Kind, code: string, nth = 1): void {
    this.#failing = { kind, code, left: nth }
  }

  /** Holds one call of a kind: the next, or the one that comes as the `nth`. */
  hold(kind: Kind, nth = 1): HeldCall {
    let go: (() => void) | null = null
    const reached = new Promise<void>((resolve) => {
      const take = (goOn: () => void): void => {
        go = goOn
        resolve()
      }
      this.#held = { kind, left: nth, take }
    })
    return { reached, release: () => go?.() }
  }

  /** In place of `node:fs`. */
  watched(fs: Fs): Fs {
    return {
      ...fs,
      write: replaced(fs.write, (call, args) => {
        const [fd, data, from, length, ...rest] = args
        const most = Math.min(Number(length), this.mostBytes)
        this.#perform('write', call, [fd, data, from, most, ...rest])
      }),
      fsync: replaced(fs.fsync, (call, args) => this.#perform('fsync', call, args)),
      openSync: replaced(fs.openSync, (call, args) => this.#opened(call(...args), args[0])),
      open: replaced(fs.open, (call, args) => {
        const callback = args.pop() as Callback
        call(...args, (error: Error | null, fd: unknown) => {
          callback(error, error === null ? this.#opened(fd, args[0]) : fd)
        })
      }),
      closeSync: replaced(fs.closeSync, (call, args) => {
        this.#closed(args[0])
        return call(...args)
      }),
      close: replaced(fs.close, (call, args) => {
        this.#closed(args[0])
        return call(...args)
      }),
    }
  }

  #opened(fd: unknown, path: unknown): unknown {
    this.#open.set(Number(fd), basename(String(path)))
    return fd
  }

  #closed(fd: unknown): void {
    this.log.push(`close ${this.#open.get(Number(fd))}`)
    this.#open.delete(Number(fd))
  }

  #perform(kind: Kind, call: Call, args: unknown[]): void {
    const name = this.#open.get(Number(args[0]))
    const callback = args.pop() as Callback
    const done: Callback = (error, ...results) => {
      this.log.push(`${kind} ${name} ${error === null ? 'done' : 'failed'}`)
      callback(error, ...results)
    }
    this.log.push(`${kind} ${name}`)
    const failing = this.#failing
    if (failing?.kind === kind && --failing.left === 0) {
      queueMicrotask(() => done(Object.assign(new Error(failing.code), { code: failing.code })))
      return
    }
    const go = (): unknown => call(...args, done)
    const held = this.#held
    if (held?.kind !== kind || --held.left !== 0) go()
    else held.take(go)
  }
}

/** A function in place of another, whatever else is asked of it; `promisify` does. */
function replaced<F>(original: F, apply: (call: Call, args: unknown[]) => unknown): F {
  return new Proxy(original as F & Call, {
    apply: (call, _, args: unknown[]) => apply(call, args),
  })
}

/** The one that a test mocks `node:fs` with. */
export const system = new WatchedSystem()

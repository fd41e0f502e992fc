import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { RequestError } from '../api/request.ts'

export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'there'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The server has no such part. */
  | { readonly kind: 'missing' }

/** How often something is fetched again at most while its torrent changes, in milliseconds. */
const AT_MOST_EVERY_MS = 2_000

/**
 * Loads something, and again whenever `tick` changes, one at a time. What is there stays while it is
 * loaded again. @param key of what is loaded: another one starts afresh
 */
export function useLoaded<T>(
  load: () => Promise<T>,
  { key, tick }: { readonly key: string; readonly tick?: unknown },
): { readonly loaded: Loaded<T>; readonly reload: () => void } {
  const [loaded, setLoaded] = useState<Loaded<T>>({ kind: 'loading' })
  const latest = useRef(load)
  latest.current = load
  const run = useRef({ isRunning: false, isStale: false, key: '', at: 0, isGone: false })
  const reload = useCallback(() => {
    const state = run.current
    if (state.isRunning) {
      state.isStale = true
      return
    }
    state.isRunning = true
    state.isStale = false
    state.at = performance.now()
    const startedFor = state.key
    const finish = (result: Loaded<T>): void => {
      state.isRunning = false
      if (state.isGone) return
      if (startedFor === state.key) setLoaded((known) => settled(known, result))
      if (state.isStale) setTimeout(reload, AT_MOST_EVERY_MS)
    }
    latest.current().then(
      (value) => finish({ kind: 'there', value }),
      (error) => finish(failure(error)),
    )
  }, [])
  useEffect(() => {
    const state = run.current
    state.isGone = false
    state.key = key
    setLoaded({ kind: 'loading' })
    reload()
    return () => {
      state.isGone = true
    }
  }, [key, reload])
  useEffect(() => {
    const wait = AT_MOST_EVERY_MS - (performance.now() - run.current.at)
    const timer = setTimeout(reload, Math.max(wait, 0))
    return () => clearTimeout(timer)
  }, [tick, reload])
  return { loaded, reload }
}

/** A failure in between does not take away what is shown. */
function settled<T>(known: Loaded<T>, result: Loaded<T>): Loaded<T> {
  return known.kind === 'there' && result.kind === 'failed' ? known : result
}

function failure<T>(error: unknown): Loaded<T> {
  const isMissing = error instanceof RequestError && error.isMissingRoute
  return isMissing ? { kind: 'missing' } : { kind: 'failed', error }
}

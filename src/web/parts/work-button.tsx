import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'

export interface Work {
  readonly isBusy: boolean
  /** Runs it, once at a time. */
  readonly begin: () => void
}

/** What a button does, and whether it is at it: on a slow way to the server a person sees that it was pressed. */
export function useWork(work: () => unknown): Work {
  const [isBusy, setBusy] = useState(false)
  const begin = (): void => {
    if (isBusy) return
    const result = work()
    if (!(result instanceof Promise)) return
    setBusy(true)
    void result.finally(() => setBusy(false))
  }
  return { isBusy, begin }
}

interface WorkButtonProps {
  readonly class?: string
  readonly disabled?: boolean
  readonly onWork: () => unknown
  readonly children: ComponentChildren
}

/** A button that shows that it is at work until what it does is done. */
export function WorkButton({ onWork, children, ...rest }: WorkButtonProps): JSX.Element {
  const { isBusy, begin } = useWork(onWork)
  return (
    <button type="button" {...rest} aria-busy={isBusy} onClick={begin}>
      {children}
    </button>
  )
}

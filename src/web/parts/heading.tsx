import type { ComponentChildren, JSX } from 'preact'
import { useEffect } from 'preact/hooks'

/** What a view is about; it names the browser's tab as well. */
export function Heading({
  title,
  children,
}: {
  readonly title: string
  readonly children?: ComponentChildren
}): JSX.Element {
  useEffect(() => {
    document.title = `${title} · Tributary`
  }, [title])
  return (
    <header class="view-head">
      <h1 title={title}>{title}</h1>
      {children}
    </header>
  )
}

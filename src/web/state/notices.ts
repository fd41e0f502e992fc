import { signal } from '@preact/signals'
import { RequestError } from '../api/request.ts'
import { t } from '../text/text.ts'
import { errorText } from '../text/told-error.ts'

export interface Notice {
  readonly id: number
  readonly kind: 'done' | 'failed'
  readonly text: string
}

/** How long a notice stays, in milliseconds. */
const SHOWN_MS = 6_000
const MAX_NOTICES = 4

export const notices = signal<readonly Notice[]>([])
let lastId = 0

export function notify(kind: Notice['kind'], text: string): void {
  const id = ++lastId
  notices.value = [...notices.value.slice(1 - MAX_NOTICES), { id, kind, text }]
  setTimeout(() => dismiss(id), kind === 'failed' ? SHOWN_MS * 2 : SHOWN_MS)
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id)
}

/** What to tell a person of something that failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof RequestError)) return String(error)
  if (error.status === 0) return t('error.unreachable')
  const { code, message, status } = error
  if (message === '') return t('error.status', { status: String(status) })
  return errorText(code, message)
}

/** Does something that may fail, and tells of the failure. @returns whether it succeeded */
export async function attempt(action: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await action()
  } catch (error) {
    notify('failed', reasonOf(error))
    return false
  }
  if (done !== undefined) notify('done', done)
  return true
}

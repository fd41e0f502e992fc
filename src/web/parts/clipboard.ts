import { notify } from '../state/notices.ts'
import { t } from '../text/text.ts'

/** Puts a text where others take it from, also on pages without TLS, where the newer way is closed. */
export async function copyText(text: string): Promise<void> {
  const isCopied = await writeText(text)
  notify(isCopied ? 'done' : 'failed', t(isCopied ? 'copy.done' : 'copy.failed'))
}

async function writeText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  // Within an open dialog, as nothing outside of it can have the focus.
  const parent = document.querySelector('dialog[open]') ?? document.body
  parent.append(area)
  area.select()
  const isCopied = document.execCommand('copy')
  area.remove()
  return isCopied
}

/** Has the browser keep a text as a file, or open it with the program for its kind. */
export function saveText(text: string, name: string, mimeType: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: mimeType }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

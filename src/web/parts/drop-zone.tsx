import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { droppedFiles } from '../state/dropped-files.ts'
import { go } from '../state/navigation.ts'
import { t } from '../text/text.ts'

/** Takes .torrent files and links that are dropped anywhere on the page. */
export function DropZone(): JSX.Element | null {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!isTaken(event.dataTransfer)) return
      event.preventDefault()
      setOver(true)
    }
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false)
    }
    const drop = (event: DragEvent): void => {
      if (!isTaken(event.dataTransfer)) return
      event.preventDefault()
      setOver(false)
      take(event.dataTransfer)
    }
    addEventListener('dragover', over)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  }, [])
  return isOver ? <div class="drop-zone">{t('add.drop')}</div> : null
}

function isTaken(data: DataTransfer | null): data is DataTransfer {
  return data !== null && (data.types.includes('Files') || data.types.includes('text/uri-list'))
}

function take(data: DataTransfer): void {
  const files = [...data.files]
  if (files.length > 0) {
    droppedFiles.value = files
    go({ kind: 'add', source: null })
    return
  }
  const text = data.getData('text/uri-list') || data.getData('text/plain')
  if (text !== '') go({ kind: 'add', source: text.split('\n')[0] ?? text })
}

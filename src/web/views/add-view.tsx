import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { AddedTorrent } from '../api/torrent-types.ts'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import {
  type AddOptions,
  type AddSource,
  add,
  fileSource,
  look,
  sourceName,
  textSource,
  UnreadableSource,
} from '../state/adding.ts'
import { droppedFiles } from '../state/dropped-files.ts'
import { refreshAfterChange } from '../state/live.ts'
import { go } from '../state/navigation.ts'
import { notify, reasonOf } from '../state/notices.ts'
import { t } from '../text/text.ts'
import { ChooseFiles } from './add/choose-files.tsx'
import { Looking } from './add/looking.tsx'
import { MagnetHandler } from './add/magnet-handler.tsx'

type Step =
  | { readonly kind: 'asking' }
  | { readonly kind: 'looking'; readonly source: AddSource; readonly abort: AbortController }
  | { readonly kind: 'choosing'; readonly source: AddSource; readonly found: AddedTorrent }

/** Adds a torrent: what it is, what is in it, and only then the start. */
export function AddView({ source }: { source: string | null }): JSX.Element {
  const [text, setText] = useState(source ?? '')
  const [step, setStep] = useState<Step>({ kind: 'asking' })
  const [problem, setProblem] = useState<string | null>(null)
  const waiting = useRef<File[]>([])

  const begin = async (read: () => AddSource | Promise<AddSource>): Promise<void> => {
    setProblem(null)
    const abort = new AbortController()
    try {
      const asked = await read()
      setStep({ kind: 'looking', source: asked, abort })
      const found = await look(asked, abort.signal)
      if (found === null) await start(asked, { folder: '', overwrite: false })
      else setStep({ kind: 'choosing', source: asked, found })
    } catch (error) {
      setStep({ kind: 'asking' })
      if (!abort.signal.aborted) setProblem(problemOf(error))
    }
  }
  const start = async (asked: AddSource, options: AddOptions): Promise<void> => {
    try {
      const { id, details } = await add(asked, options)
      notify('done', t('add.done', { name: details.name ?? sourceName(asked) }))
      await refreshAfterChange()
      if (takeNextFile()) return
      go({ kind: 'torrent', id: String(id ?? details.info_hash) })
    } catch (error) {
      setStep({ kind: 'asking' })
      setProblem(problemOf(error))
    }
  }
  const takeNextFile = (): boolean => {
    const file = waiting.current.shift()
    setStep({ kind: 'asking' })
    if (file === undefined) return false
    void begin(() => fileSource(file))
    return true
  }
  const takeFiles = (files: readonly File[]): void => {
    waiting.current.push(...files)
    takeNextFile()
  }
  useEffect(() => {
    if (source !== null && source.trim() !== '') void begin(() => textSource(source))
  }, [source])
  const dropped = droppedFiles.value
  useEffect(() => {
    if (dropped.length === 0) return
    droppedFiles.value = []
    takeFiles(dropped)
  }, [dropped])

  if (step.kind === 'choosing') {
    const { source: asked, found } = step
    return (
      <ChooseFiles
        key={found.details.info_hash}
        found={found}
        onStart={(options) => start(asked, options)}
        onCancel={() => takeNextFile()}
      />
    )
  }
  if (step.kind === 'looking') {
    const { source: asked, abort } = step
    return (
      <Looking
        name={sourceName(asked)}
        onCancel={() => {
          abort.abort()
          takeNextFile()
        }}
        onAddNow={() => {
          abort.abort()
          void start(asked, { folder: '', overwrite: false })
        }}
      />
    )
  }
  return (
    <>
      <Heading title={t('add.title')} />
      <form
        class="add-form"
        onSubmit={(event) => {
          event.preventDefault()
          void begin(() => textSource(text))
        }}
      >
        <label class="field">
          {t('add.source')}
          <input
            type="text"
            value={text}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            placeholder="magnet:?xt=urn:btih:…"
            aria-invalid={problem !== null}
            aria-describedby={problem === null ? undefined : 'add-problem'}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        {problem !== null && (
          <p id="add-problem" class="problem" role="alert">
            <Icon name="warning" size={18} /> {problem}
          </p>
        )}
        <div class="actions">
          <button type="submit" class="primary">
            {t('add.look')}
          </button>
          <label class="button">
            <Icon name="file" size={18} /> {t('add.pick')}
            <input
              class="hidden-input"
              type="file"
              accept=".torrent,application/x-bittorrent"
              multiple
              onChange={({ currentTarget }) => {
                takeFiles([...(currentTarget.files ?? [])])
                currentTarget.value = ''
              }}
            />
          </label>
        </div>
        <p class="hint">{t('add.hint')}</p>
      </form>
      <MagnetHandler />
    </>
  )
}

function problemOf(error: unknown): string {
  return error instanceof UnreadableSource ? error.message : reasonOf(error)
}

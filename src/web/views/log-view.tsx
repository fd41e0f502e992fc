import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { RequestError, request } from '../api/request.ts'
import { folded } from '../logic/library-titles.ts'
import { LOG_LEVELS, type LogLevel, type LogLine, parseLogLine } from '../logic/log-lines.ts'
import { Choice } from '../parts/choice.tsx'
import { Heading } from '../parts/heading.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { reasonOf } from '../state/notices.ts'
import { levelName, t } from '../text/text.ts'

/** Older ones are forgotten. */
const MAX_LINES = 1_000
/** Shown at once, the newest. */
const MAX_SHOWN = 300
/** Lines are shown together, not one by one, in milliseconds. */
const GATHER_MS = 200

interface NumberedLine extends LogLine {
  readonly number: number
}

/** What the server says of itself, as it says it. */
export function LogView(): JSX.Element {
  const lines = useSignal<readonly NumberedLine[]>([])
  const problem = useSignal<string | null>(null)
  const level = useSignal<LogLevel>('info')
  const search = useSignal('')
  const isHeld = useSignal(false)
  useEffect(() => {
    const abort = new AbortController()
    let number = 0
    let gathered: NumberedLine[] = []
    const timer = setInterval(() => {
      if (gathered.length === 0 || isHeld.value) return
      lines.value = [...lines.value, ...gathered].slice(-MAX_LINES)
      gathered = []
    }, GATHER_MS)
    const take = (line: LogLine): void => {
      gathered.push({ ...line, number: ++number })
      if (gathered.length > MAX_LINES) gathered.shift()
    }
    followLog(take, abort.signal).catch((error) => {
      if (abort.signal.aborted) return
      const isMissing = error instanceof RequestError && error.isMissingRoute
      problem.value = isMissing ? t('missing') : reasonOf(error)
    })
    return () => {
      abort.abort()
      clearInterval(timer)
    }
  }, [])
  const shown = useMemo(() => {
    const lowest = LOG_LEVELS.indexOf(level.value)
    const words = folded(search.value)
    return lines.value
      .filter((line) => LOG_LEVELS.indexOf(line.level) >= lowest)
      .filter((line) => folded(`${line.name} ${line.message} ${line.facts}`).includes(words))
      .slice(-MAX_SHOWN)
      .reverse()
  }, [lines.value, level.value, search.value])
  return (
    <>
      <Heading title={t('nav.log')} />
      <div class="filters">
        <SearchField label={t('log.search')} text={search} />
        <Choice label={t('log.level')} values={LOG_LEVELS} textOf={levelName} chosen={level} />
        <button
          type="button"
          aria-pressed={isHeld.value}
          onClick={() => {
            isHeld.value = !isHeld.value
          }}
        >
          {t('log.hold')}
        </button>
      </div>
      {problem.value !== null && <p class="problem">{problem.value}</p>}
      {shown.length === 0 && problem.value === null && <p class="empty">{t('log.waiting')}</p>}
      <ol class="log" aria-label={t('nav.log')}>
        {shown.map((line) => (
          <li key={line.number} class={`log-line ${line.level}`}>
            <span class="log-head">
              {Number.isNaN(line.at) ? '' : new Date(line.at).toLocaleTimeString()}{' '}
              <strong>{line.level}</strong> {line.name}
            </span>{' '}
            {line.message} <span class="muted">{line.facts}</span>
          </li>
        ))}
      </ol>
    </>
  )
}

/** Reads lines until the server or the page ends it. @throws RequestError */
async function followLog(take: (line: LogLine) => void, signal: AbortSignal): Promise<void> {
  const response = await request('stream_logs?recent=true', { signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done = true, value = '' } = (await reader?.read()) ?? {}
    if (done) return
    const lines = (rest + value).split('\n')
    rest = (lines.pop() ?? '').slice(-100_000)
    for (const text of lines) {
      const line = parseLogLine(text)
      if (line !== null) take(line)
    }
  }
}

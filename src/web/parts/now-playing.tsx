import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Renderer } from '../api/renderer-types.ts'
import { renderers } from '../state/live.ts'
import { isBusy, nextFor, playAfter, playOn, queuedOn, tell, titleOn } from '../state/remote.ts'
import { t } from '../text/text.ts'
import { errorText } from '../text/told-error.ts'
import { Icon, IconButton } from './icon.tsx'
import { SeekBar } from './seek-bar.tsx'
import { WorkButton } from './work-button.tsx'

/** One bar for each TV that plays something. */
export function NowPlaying(): JSX.Element | null {
  const busy = (renderers.value ?? []).filter(isBusy)
  const section = useRef<HTMLElement>(null)
  useRoomFor(section, busy.length > 0)
  if (busy.length === 0) return null
  return (
    <section ref={section} class="now-playing" aria-label={t('now.label')}>
      {busy.map((renderer) => (
        <Bar key={renderer.id} renderer={renderer} isOnly={busy.length === 1} />
      ))}
    </section>
  )
}

/** Keeps as much of the page free below its content as the bars are high. */
function useRoomFor(section: { readonly current: HTMLElement | null }, isThere: boolean): void {
  useLayoutEffect(() => {
    const { current } = section
    if (current === null) return
    const { style } = document.documentElement
    const observer = new ResizeObserver(() => {
      style.setProperty('--bar', `${current.offsetHeight}px`)
    })
    observer.observe(current)
    return () => {
      observer.disconnect()
      style.removeProperty('--bar')
    }
  }, [section, isThere])
}

interface BarProps {
  readonly renderer: Renderer
  /** Others need room as well. */
  readonly isOnly: boolean
}

function Bar({ renderer, isOnly }: BarProps): JSX.Element {
  const [chosen, setChosen] = useState<boolean | null>(null)
  const isOpen = chosen ?? isOnly
  const article = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const { current } = article
    return () => {
      // Who stopped it by key goes on in the content, not at the top of the page.
      if (current?.contains(document.activeElement) !== true) return
      document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true })
    }
  }, [])
  const { name, problem, playback } = renderer
  const { state, volume, muted } = playback
  const title = titleOn(renderer)
  const following = queuedOn(renderer) ?? nextFor(renderer)
  const isPaused = state === 'paused'
  return (
    <article
      ref={article}
      class={isOpen ? 'bar open' : 'bar'}
      aria-label={t('now.on', { title: title ?? '?', name })}
    >
      <p class="bar-title">
        <strong>{title ?? t('now.untitled')}</strong>
        <span class="muted">
          {problem === null ? name : errorText(renderer.problem_code, problem)}
        </span>
      </p>
      <div class="bar-buttons">
        <IconButton
          icon={isPaused ? 'play' : 'pause'}
          label={t(isPaused ? 'now.resume' : 'now.pause', { name })}
          onClick={() => tell(renderer, isPaused ? 'resume' : 'pause')}
        />
        <IconButton
          icon="stop"
          label={t('now.stop', { name })}
          onClick={() => tell(renderer, 'stop')}
        />
        {following !== null && (
          <IconButton
            icon="next"
            label={t('now.skip', { title: following.title })}
            onClick={() => playOn(renderer, following, { position: 0 })}
          />
        )}
        <IconButton
          class="bar-more"
          icon="more"
          label={t('now.more', { name })}
          expanded={isOpen}
          onClick={() => setChosen(!isOpen)}
        />
      </div>
      <Queue renderer={renderer} />
      <SeekBar renderer={renderer} />
      {volume !== null && (
        <div class="bar-volume">
          <IconButton
            icon={muted === true ? 'muted' : 'volume'}
            label={t('now.mute', { name })}
            pressed={muted === true}
            onClick={() => tell(renderer, 'mute', { muted: muted !== true })}
          />
          <input
            type="range"
            min={0}
            max={100}
            value={volume}
            aria-label={t('now.volume', { name })}
            onChange={({ currentTarget }) =>
              void tell(renderer, 'volume', { volume: Number(currentTarget.value) })
            }
          />
        </div>
      )}
    </article>
  )
}

/** What comes after that which plays, or could. */
function Queue({ renderer }: { renderer: Renderer }): JSX.Element | null {
  const queued = queuedOn(renderer)
  const offered = nextFor(renderer)
  if (queued !== null) {
    return (
      <p class="bar-queue">
        <Icon name="list" size={16} />
        <span class="one-line">{t('now.next', { title: queued.title })}</span>
        <IconButton
          icon="close"
          label={t('now.unqueue', { title: queued.title })}
          onClick={() => tell(renderer, 'clear_next')}
        />
      </p>
    )
  }
  if (offered === null) return null
  return (
    <p class="bar-queue">
      <WorkButton class="quiet" onWork={() => playAfter(renderer, offered)}>
        <Icon name="add" size={16} />
        <span class="one-line">{t('now.queue', { title: offered.title })}</span>
      </WorkButton>
    </p>
  )
}

import type { JSX } from 'preact'
import type { Playability } from '../../logic/playability.ts'
import { Icon } from '../../parts/icon.tsx'
import { openInPlayer } from '../../parts/open-in-player.ts'
import { PlayOnButton } from '../../parts/play-on-button.tsx'
import type { MediaFile } from '../../state/media-dialog.ts'
import { t } from '../../text/text.ts'

/** What went wrong once a browser had begun. */
export type PlayFailure =
  | { readonly kind: 'network' }
  | { readonly kind: 'decode' }
  | { readonly kind: 'refused' }

interface CannotPlayProps {
  readonly media: MediaFile
  readonly problem: PlayFailure | Extract<Playability, { kind: 'cannot' }>
  readonly onTry: () => void
}

/** Why not, and what to do instead. */
export function CannotPlay({ media, problem, onTry }: CannotPlayProps): JSX.Element {
  return (
    <section class="cannot" role="alert">
      <p>
        <Icon name="warning" size={24} /> <strong>{reasonFor(problem)}</strong>
      </p>
      <p>{t(problem.kind === 'network' ? 'cannot.network.do' : 'cannot.do')}</p>
      <div class="actions">
        <Elsewhere media={media} />
        <button type="button" onClick={onTry}>
          {t('cannot.try')}
        </button>
      </div>
    </section>
  )
}

function reasonFor(problem: CannotPlayProps['problem']): string {
  switch (problem.kind) {
    case 'network':
      return t('cannot.network')
    case 'decode':
      return t('cannot.decode')
    case 'refused':
      return t('cannot.refused')
    case 'cannot':
      return t(`cannot.${problem.what}`, { name: problem.name })
  }
}

/** The picture plays without its sound. */
export function SilentNote({ name, media }: { name: string; media: MediaFile }): JSX.Element {
  return (
    <section class="cannot" role="status">
      <p>
        <Icon name="muted" size={24} /> {t('cannot.sound', { name })}
      </p>
      <div class="actions">
        <Elsewhere media={media} />
      </div>
    </section>
  )
}

function Elsewhere({ media }: { media: MediaFile }): JSX.Element {
  return (
    <>
      <button type="button" class="primary" onClick={() => openInPlayer([media], media.title)}>
        <Icon name="play" size={18} /> {t('share.vlc')}
      </button>
      <PlayOnButton media={media} />
    </>
  )
}

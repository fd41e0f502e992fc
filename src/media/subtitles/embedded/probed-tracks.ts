import type { ContainerKind, MediaFacts } from '../../probe/media-facts.ts'
import { parseLanguage } from '../language.ts'
import { parseTraits } from '../sidecar-name.ts'
import type { SubtitleTrack } from './text-track.ts'

/** The containers whose tracks we read, and what of text MediaInfo calls in them as we read it. */
const READ_FORMATS: Readonly<Partial<Record<ContainerKind, RegExp>>> = {
  matroska: /^(UTF-8|ASCII|ASS|SSA|WebVTT|USF)$/i,
  webm: /^(UTF-8|WebVTT)$/i,
  mp4: /^(Timed Text|WebVTT|wvtt|TTML|stpp|tx3g|text)$/i,
  quicktime: /^(Timed Text|WebVTT|wvtt|TTML|stpp|tx3g|text)$/i,
  '3gp': /^(Timed Text|WebVTT|wvtt|TTML|stpp|tx3g|text)$/i,
}

/** The tracks of subtitles in a film as its facts name them, which saves to open it. */
export function probedTracks(facts: MediaFacts): readonly SubtitleTrack[] {
  if (facts.kind !== 'video') return []
  const readable = READ_FORMATS[facts.container]
  const isMatroska = facts.container === 'matroska' || facts.container === 'webm'
  return facts.subtitles.flatMap((track) => {
    const { number, codec, title, isDefault } = track
    if (number === null) return []
    const traits = parseTraits(title ?? '')
    // RFC 9559, 5.1.4.1.19: English where Matroska does not say.
    const language = track.language ?? (isMatroska ? 'en' : '')
    return {
      number,
      kind: track.form === 'text' && readable?.test(codec) === true ? 'text' : 'bitmap',
      codec,
      name: title ?? '',
      language: parseLanguage(language) ?? traits.language,
      forced: track.isForced || traits.forced,
      hearingImpaired: traits.hearingImpaired,
      isDefault,
    } as const
  })
}

import type { PlayedFile, RendererStatus } from '../../renderers/playback/renderer-status.ts'

/** All renderers, as GET /renderers and the event `renderers` have them. */
export function renderersJson(renderers: readonly RendererStatus[]): Record<string, unknown> {
  return { renderers: renderers.map(rendererJson) }
}

function rendererJson(renderer: RendererStatus): Record<string, unknown> {
  const { id, name, model, manufacturer, address, hasIcon, lastSeen, problem, playback } = renderer
  const { state, playing, positionMs, durationMs, volume, muted, next } = playback
  return {
    ...{ id, name, model, manufacturer, address },
    icon: hasIcon ? `/renderers/${encodeURIComponent(id)}/icon` : null,
    last_seen: lastSeen.getTime(),
    problem: problem?.text ?? null,
    problem_code: problem === null ? null : `renderer_${problem.kind}`,
    playback: {
      state,
      info_hash: playing?.infoHash ?? null,
      file_idx: playing?.fileIndex ?? null,
      title: playing?.title ?? null,
      position_s: seconds(positionMs),
      duration_s: seconds(durationMs),
      ...{ volume, muted },
      next: next === null ? null : fileJson(next),
    },
  }
}

function fileJson({ infoHash, fileIndex, title }: PlayedFile): Record<string, unknown> {
  return { info_hash: infoHash, file_idx: fileIndex, title }
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000
}
